import type Docker from 'dockerode';
import type { RunContext } from '../../src/contract/run-context.ts';
import { composeProject } from './compose-project.ts';
import { type Connection, fromEngine } from './connect.ts';
import { listedName, looksLikePostgres } from './find-container.ts';
import { bareOrQuoted } from './quoted.ts';

/** What was looked for, and what the engine has of it. */
export interface Search {
  /** "container of compose service db in project shop" */
  readonly wanted: string;
  readonly found: readonly Docker.ContainerInfo[];
  /** What to do when there is none. */
  readonly hint: () => string | Promise<string>;
}

const labels = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  folder: 'com.docker.compose.project.working_dir',
  once: 'com.docker.compose.oneoff',
} as const;

/** Of the project of this folder; without a compose file, of a project in a folder below it. */
export async function byService(connection: Connection, service: string, run: RunContext): Promise<Search> {
  const project = await composeProject(run);
  const composed = (await list(connection, [labels.service])).filter(
    // `docker compose run` leaves containers of a service that are not the service.
    ({ Labels }) => Labels[labels.once] !== 'True',
  );
  const mine = composed.filter(({ Labels }) =>
    project ? Labels[labels.project] === project.name : isIn(Labels[labels.folder], run.cwd),
  );
  const same = composed.filter(({ Labels }) => Labels[labels.service] === service);
  const name = `container of compose service ${bareOrQuoted(service)}`;
  return {
    wanted: project
      ? `${name} in project ${bareOrQuoted(project.name)} (as ${project.from} says)`
      : `${name} in ${run.cwd}, which has no compose file`,
    found: mine.filter(one => same.includes(one)),
    hint() {
      const services = distinct(mine.map(({ Labels }) => Labels[labels.service]));
      if (services.length > 0) return `Name one of the services of this project: ${services.join(', ')}`;
      const projects = distinct(same.map(({ Labels }) => Labels[labels.project]));
      return projects.length > 0
        ? `That service is in ${projects.join(', ')}; choose the project, for example with: export COMPOSE_PROJECT_NAME=${projects[0]}`
        : `Start it with: docker compose up --detach ${bareOrQuoted(service)}`;
    },
  };
}

/** `key`, or `key=value`. */
export async function byLabel(connection: Connection, label: string): Promise<Search> {
  return {
    wanted: `container with label ${bareOrQuoted(label)}`,
    found: await list(connection, [label]),
    async hint() {
      const postgres = (await list(connection)).filter(looksLikePostgres).map(listedName);
      const those = postgres.length > 0 ? `PostgreSQL seems to run in ${postgres.join(', ')}. ` : '';
      return `${those}See the labels of all with: docker ps --all --format '{{.Names}} {{.Labels}}'`;
    },
  };
}

/** A port of this machine; only what runs publishes any. */
export async function byPort(connection: Connection, port: number): Promise<Search> {
  const all = await list(connection);
  const published = (one: Docker.ContainerInfo) => portsOf(one).map(({ PublicPort }) => PublicPort);
  return {
    wanted: `running container that publishes port ${port}`,
    found: all.filter(one => published(one).includes(port)),
    hint() {
      const others = all.flatMap(one => {
        const ports = distinct(published(one).map(String));
        return ports.length > 0 ? [`${listedName(one)} publishes ${ports.join(', ')}`] : [];
      });
      return `${others.length > 0 ? `${others.join('; ')}. ` : ''}See all with: docker ps --all`;
    },
  };
}

/** The published ones. */
export function portsOf({ Ports }: Docker.ContainerInfo): Docker.Port[] {
  return Ports.filter(({ Type, PublicPort }) => Type === 'tcp' && PublicPort !== undefined);
}

function list(connection: Connection, label: string[] = []): Promise<Docker.ContainerInfo[]> {
  return connection.docker.listContainers({ all: true, filters: { label } }).catch(fromEngine(connection));
}

function isIn(folder: string | undefined, root: string): boolean {
  return folder !== undefined && `${folder}/`.startsWith(`${root.replace(/\/$/, '')}/`);
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.flatMap(name => (name ? [bareOrQuoted(name)] : [])))];
}
