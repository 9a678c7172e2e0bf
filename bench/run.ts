import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findProgram, installPackages } from '../test/stage/debian-packages.ts';
import { clearStageFolder, makeStageFolder } from '../test/stage/stage-folder.ts';
import { shapes } from './data.ts';
import { growth } from './growth.ts';
import { judge } from './judge.ts';
import { machine } from './machine.ts';
import { stopMeasuring } from './measure.ts';
import { type Options, readOptions, usage } from './options.ts';
import { prove } from './prove.ts';
import { goalTable, growthTable, proofText, workTable } from './report.ts';
import { measureInRounds, type Taken } from './rounds.ts';
import { chosenRows } from './rows.ts';
import { createScene } from './scene.ts';
import { createStand, type Stand } from './stand.ts';
import { buildTool, pathWithout, searchPath } from './tool.ts';
import { type Work, type WorkName, works } from './works.ts';

/** `make bench`: ours beside what people use instead, on this machine, in one run. */
let interrupted: NodeJS.Signals | undefined;
process.exitCode = await main();

async function main(): Promise<number> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    return 2;
  }
  const folder = await makeStageFolder();
  process.env.DBO_STAGE = folder;
  const stand = createStand(folder, options.settings);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted ??= signal;
      // What is measured clears up first, with its server still there.
      if (!stopMeasuring('SIGTERM')) void stand.stop();
    });
  }
  try {
    return (await bench(options, stand)) ? 0 : 1;
  } catch (error) {
    console.error(interrupted ? `interrupted by ${interrupted}` : (error as Error).message);
    return 1;
  } finally {
    await stand.stop().catch(error => console.error(`stopping the servers: ${error}`));
    await clearStageFolder(folder);
  }
}

/** Whether everything worked and every backup proved; goals that are missed are no failure. */
async function bench(options: Options, stand: Stand): Promise<boolean> {
  const date = new Date().toISOString();
  const programs = options.withoutIgzip ? [] : ['igzip', 'pigz'];
  if (!programs.every(findProgram)) await installPackages(['isal', 'pigz'], 'The bench');
  tell('building the package');
  const tool = await buildTool(join(stand.folder, 'package'));
  tell('starting PostgreSQL');
  const server = await stand.server();
  const all = searchPath(server.binDirectory);
  const path = options.withoutIgzip
    ? pathWithout(['igzip', 'pigz'], all, join(stand.folder, 'path/programs'))
    : all;
  const facts = await machine(server);
  console.log(
    Object.entries(facts)
      .map(([name, value]) => `${name}: ${value}`)
      .join('; '),
  );
  const settings = Object.entries(stand.settings).map(([name, value]) => `${name}=${value}`);
  console.log(`servers: ${settings.join(' ')}`);

  const rows = chosenRows(options.words);
  const names = worksOf(
    rows.flatMap(({ ours, against = [] }) => [ours, ...against]),
    options,
  );
  const scenes: object[] = [];
  let good = names.length > 0;
  for (const shape of options.shapes) {
    const bySize: Taken[][] = [];
    for (const megabytes of options.sizes) {
      goOn();
      tell(`making ${megabytes} MB: ${shapes[shape]?.says}`);
      const scene = await createScene(stand, { shape, megabytes, tool, path });
      console.log(
        `\n# ${shape}: ${shapes[shape]?.says}; ${(scene.dumpBytes / 1e6).toFixed(1)} MB of dump text`,
      );
      const repeat = options.growth ? 1 : options.repeat;
      const taken = await measureInRounds(scene, { names, repeat, warmUp: !options.growth, tell, goOn });
      tell('proving the backups');
      const proofs = await prove(scene, taken, goOn);
      const judged = options.growth ? [] : rows.map(row => judge(row, taken, options));
      if (!options.growth) console.log(`\n${goalTable(judged)}`);
      console.log(`\n${workTable(taken)}`);
      if (proofs.length > 0) console.log(`\n${proofText(proofs)}`);
      for (const { work, failed } of taken)
        if (failed !== undefined) console.log(`FAILED: ${works[work].does}: ${failed}`);
      good &&= proofs.every(({ proven }) => proven) && taken.every(({ failed }) => failed === undefined);
      bySize.push(taken);
      scenes.push({ shape, megabytes, dumpBytes: scene.dumpBytes, rows: judged, taken, proofs });
      await scene.end();
    }
    if (options.growth) {
      const grown = growth(bySize);
      console.log(`\n# ${shape}: memory\n\n${growthTable(options.sizes, grown)}`);
      scenes.push({ shape, sizes: options.sizes, growth: grown });
    }
  }
  if (!options.growth && Math.min(...options.sizes) < 500)
    console.log(
      '\nThe goals are for 1000 MB and more: with less, what each run takes in any case weighs too much.',
    );
  const file = resolve(
    options.json ?? join(import.meta.dirname, 'results', `${date.replaceAll(':', '')}.json`),
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify({ date, machine: facts, settings: stand.settings, options, scenes }, null, 2)}\n`,
  );
  tell(`results: ${file}`);
  return good;
}

/** In the order of the table of works, each once; for growth only what is ours and takes memory. */
function worksOf(wanted: readonly WorkName[], { growth }: Options): WorkName[] {
  const names = Object.keys(works) as WorkName[];
  const fits = ({ ours, quick }: Work) => !growth || (ours && !quick);
  return names.filter(name => wanted.includes(name) && fits(works[name]));
}

function goOn(): void {
  if (interrupted) throw new Error(`interrupted by ${interrupted}`);
}

function tell(line: string): void {
  console.error(`${new Date().toTimeString().slice(0, 8)} ${line}`);
}
