import { Argument, Command, Option } from 'commander';
import { version } from '../version.ts';
import type { CaptureOptions } from './capture.ts';
import type { ConnectorsOptions } from './connectors.ts';
import type { DoctorOptions } from './doctor.ts';
import type { ExplainOptions } from './explain.ts';
import type { JudgeOptions } from './judge.ts';
import type { RecordOptions } from './record.ts';
import type { Shell } from './shell.ts';
import type { StarterOptions } from './starter.ts';
import type { VerifyOptions } from './verify.ts';

/**
 * Reads the words of the command line and runs the command that they name. What a command needs is
 * loaded when it is called, so that a short question costs little.
 *
 * @returns the exit code
 * @throws CommanderError after it has printed what is wrong with the words
 */
export async function program(words: readonly string[], shell: Shell): Promise<number> {
  let code = 0;
  const prints: Promise<void>[] = [];
  const root = new Command('tombstone')
    .description('Proves that just-in-time access is really gone.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void prints.push(shell.out(text)),
      writeErr: (text) => shell.err(text),
      getOutHasColors: () => shell.colors.out,
      getErrHasColors: () => shell.colors.err,
    })
    .version(version, '-V, --version')
    .option('-q, --quiet', 'only what is not gone; no progress')
    .option('-v, --verbose', 'everything, with every control')
    .option('--no-color', 'no colour, whatever the terminal can')
    .option('--debug', 'the stack of an internal error')
    .addHelpText(
      'after',
      '\nExit codes: 0 gone, 1 live or dormant, 2 usage, 3 unproven, 4 broken evidence, 70 internal, 130/143 interrupted.\nMore: tombstone explain <exit code, reason, check or kind>',
    );

  const verdicts = (command: Command) =>
    command
      .addOption(new Option('--json', 'one JSON document on stdout').conflicts('plain'))
      .option('--plain', 'one line an item, fields between tabs')
      .option(
        '--out <format=file>',
        'also write text, json, plain or evidence to a file (repeatable)',
        several,
      )
      .option(
        '--if-removed <item>',
        'also say what would be left if this target were ended (repeatable)',
        several,
      )
      .addOption(
        new Option('--fail-on <verdict>', 'what counts for the exit code').choices([
          'unproven',
          'live',
          'never',
        ]),
      )
      .addOption(
        new Option('--allow <verdict>', 'what does not count for the exit code').choices(['dormant']),
      );

  verdicts(root.command('verify', { isDefault: true }))
    .description('check grants: is everything that they gave gone?')
    .argument('<record...>', 'grant records: YAML, JSON or JSONL files, or - for stdin')
    .option('--config <file>', 'the configuration (else TOMBSTONE_CONFIG, else tombstone.yaml upwards)')
    .option('--connector <id>', 'ask only this connector (repeatable); all others are unproven', several)
    .option('--probe', 'also present the secrets that the record names, as the subject would')
    .option('--wait <duration>', 'go on asking while time may bring a better answer: 90s, 5m or PT5M')
    .option('--deadline <duration>', 'what is not answered by then (after --wait) is unproven', '15m')
    .action(async (records: string[], _: object, command: Command) => {
      const { verify } = await import('./verify.ts');
      code = await verify(records, command.optsWithGlobals<VerifyOptions>(), shell);
    });

  verdicts(root.command('judge'))
    .description('judge saved evidence again, without asking any system')
    .argument('<evidence>', 'a file that --out evidence=FILE wrote, or - for stdin')
    .action(async (file: string, _: object, command: Command) => {
      const { judge } = await import('./judge.ts');
      code = await judge(file, command.optsWithGlobals<JudgeOptions>(), shell);
    });

  root
    .command('capture')
    .description('before a task: write what stands now, to tell it from what the grant leaves')
    .argument('<file>', 'where to write it')
    .option('--account <system=id>', 'who the subject is in a system, by immutable id (repeatable)', several)
    .option('--config <file>', 'the configuration')
    .action(async (file: string, _: object, command: Command) => {
      const { capture } = await import('./capture.ts');
      code = await capture(file, command.optsWithGlobals<CaptureOptions>(), shell);
    });

  root
    .command('explain')
    .description('what a reason, an exit code, a check, a kind or a finding means')
    .argument('<what>', 'R-PERM, 3, vault/token or, with --report, F-1')
    .option('--report <file>', 'a JSON report, for findings')
    .option('--config <file>', 'the configuration, for connectors from outside')
    .action(async (what: string, _: object, command: Command) => {
      const { explain } = await import('./explain.ts');
      code = await explain(what, command.optsWithGlobals<ExplainOptions>(), shell);
    });

  root
    .command('doctor')
    .description('can the verifier see what it must see? Asks no question about any grant')
    .argument('[system...]', 'systems of the configuration; all without')
    .option('--config <file>', 'the configuration')
    .option('--pin', 'write the instance that each server says it is into the configuration')
    .option('--json', 'one JSON document on stdout')
    .action(async (systems: string[], _: object, command: Command) => {
      const { doctor } = await import('./doctor.ts');
      code = await doctor(systems, command.optsWithGlobals<DoctorOptions>(), shell);
    });

  const record = root.command('record').description('write and check grant records, or print their schema');
  record
    .command('check')
    .description('is the record right? Asks no system')
    .argument('<record...>', 'grant records, or - for stdin')
    .option('--config <file>', 'the configuration, for connectors from outside')
    .action(async (records: string[], _: object, command: Command) => {
      const { recordCheck } = await import('./record.ts');
      code = await recordCheck(records, command.optsWithGlobals<RecordOptions>(), shell);
    });
  record
    .command('schema')
    .description('print the JSON Schema of a grant record, for editors')
    .option('--config <file>', 'the configuration, for connectors from outside')
    .action(async (_: object, command: Command) => {
      const { recordSchema } = await import('./record.ts');
      code = await recordSchema(command.optsWithGlobals<RecordOptions>(), shell);
    });

  record
    .command('new')
    .description('print a record to fill in')
    .argument('[kind...]', 'kinds such as vault/lease; every installed kind without')
    .option('--config <file>', 'the configuration, for connectors from outside')
    .action(async (kinds: string[], _: object, command: Command) => {
      const { newRecord } = await import('./starter.ts');
      code = await newRecord(kinds, command.optsWithGlobals<StarterOptions>(), shell);
    });

  const connectors = root
    .command('connectors')
    .description('what is installed, what it asks and what it needs');
  const shown = (name: string, description: string) =>
    connectors
      .command(name)
      .description(description)
      .option('--config <file>', 'the configuration, for connectors from outside');
  shown('list', 'every connector with its kinds and checks')
    .option('--json', 'one JSON document on stdout')
    .action(async (_: object, command: Command) => {
      const { listConnectors } = await import('./connectors.ts');
      code = await listConnectors(command.optsWithGlobals<ConnectorsOptions>(), shell);
    });
  shown('policy', 'the least permissions that a verifier needs')
    .argument('<connector>')
    .action(async (id: string, _: object, command: Command) => {
      const { printPolicy } = await import('./connectors.ts');
      code = await printPolicy(id, command.optsWithGlobals<ConnectorsOptions>(), shell);
    });
  shown('schema', 'the JSON Schemas of all kinds and of all configurations').action(
    async (_: object, command: Command) => {
      const { printSchemas } = await import('./connectors.ts');
      code = await printSchemas(command.optsWithGlobals<ConnectorsOptions>(), shell);
    },
  );

  root
    .command('init')
    .description('write tombstone.yaml and grant.yaml to fill in')
    .action(async () => {
      const { init } = await import('./starter.ts');
      code = await init(shell);
    });

  root
    .command('completion')
    .description('print a script that completes commands and flags')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']))
    .action(async (name: string) => {
      const { completion } = await import('./completion.ts');
      await shell.out(completion(root, name));
      code = 0;
    });

  root
    .command('demo')
    .description('a grant, a revocation that leaves something behind, and the proof, on this machine')
    .action(async () => {
      const { demo } = await import('./demo.ts');
      code = await demo(shell);
    });

  try {
    await root.parseAsync(words, { from: 'user' });
  } finally {
    await Promise.all(prints);
  }
  return code;
}

function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
