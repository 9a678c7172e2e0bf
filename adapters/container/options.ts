import { z } from 'zod';

/** An environment variable cannot hold a NUL; the engine would cut it off or refuse it with an unclear text. */
const text = z
  .string()
  .min(1)
  .refine(value => !value.includes('\0'), 'must not hold a NUL character');

export const containerOptions = z.strictObject({
  /** Name or id, as `docker ps` shows it. */
  container: z.string().min(1),
  /** What is not given here is read from the container's own environment (POSTGRES_USER and its like). */
  user: text.optional(),
  password: text.optional(),
  database: text.optional(),
  /** Which engine; without it the one that the docker command would use. */
  docker: z
    .strictObject({
      /** As DOCKER_HOST: unix:///var/run/docker.sock, tcp://host:2376 */
      host: text.optional(),
      /** A name that `docker context ls` shows. */
      context: text.optional(),
    })
    .refine(({ host, context }) => host === undefined || context === undefined, {
      message: 'give either host or context, not both',
    })
    .optional(),
});

export type ContainerOptions = z.infer<typeof containerOptions>;
