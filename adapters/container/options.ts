import { z } from 'zod';

/** An environment variable cannot hold a NUL; the engine would cut it off or refuse it with an unclear text. */
const text = z
  .string()
  .min(1)
  .refine(value => !value.includes('\0'), 'must not hold a NUL character');

const port = 'expected a port: a whole number from 1 to 65535';
const name = z.string().min(1);

const shape = {
  /** Name or id, as `docker ps` shows it. */
  container: name.optional(),
  /** Of Docker Compose, in the project of this folder. */
  service: name.optional(),
  /** A label that no other container has: `key`, or `key=value`. */
  label: name.optional(),
  /** The port of this machine that the container publishes its server on. */
  port: z.int(port).min(1, port).max(65535, port).optional(),
  /** What is not given here is read from the container's own environment (POSTGRES_USER and its like). */
  user: text.optional(),
  password: text.optional(),
  database: text.optional(),
  /** Which engine; without it the one that the docker command would use. */
  docker: z
    .strictObject({
      /** As DOCKER_HOST: unix:///var/run/docker.sock, tcp://host:2376, ssh://user@host */
      host: text.optional(),
      /** A name that `docker context ls` shows. */
      context: text.optional(),
    })
    .refine(({ host, context }) => host === undefined || context === undefined, {
      message: 'give either host or context, not both',
    })
    .optional(),
};

const namings = ['container', 'service', 'label', 'port'] as const;

export const containerOptions = z.strictObject(shape).refine(
  // Exactly one: with two it would depend on the moment whether they mean the same container.
  options => namings.filter(naming => options[naming] !== undefined).length === 1,
  `expected exactly one of ${namings.join(', ')}`,
);

export type ContainerOptions = z.infer<typeof containerOptions>;

/** The options as they are written: one way to name the container. */
export type WrittenContainerOptions = Omit<ContainerOptions, Naming> &
  { [One in Naming]: Named<One> }[Naming];

type Naming = (typeof namings)[number];
type Named<One extends Naming> = { [Key in One]: NonNullable<ContainerOptions[Key]> } & {
  [Key in Exclude<Naming, One>]?: undefined;
};
