/** How newer client programs come into a container. */
export function newerImage(major: number): string {
  return `Use an image that has the client programs of PostgreSQL ${major}, such as postgres:${major}`;
}
