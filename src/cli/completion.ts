import type { Command } from 'commander';

/** A command as completion sees it: the words that lead to it, and what may come next. */
interface Node {
  readonly path: readonly string[];
  readonly words: readonly string[];
}

/** The completion script of one shell, from the commands themselves. Files are completed where no word fits. */
export function completion(root: Command, shell: string): string {
  const nodes = nodesOf(root, []);
  if (shell === 'fish') return fish(nodes);
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash(nodes)}` : bash(nodes);
}

function nodesOf(command: Command, path: readonly string[]): readonly Node[] {
  const subcommands = command.commands.filter((one) => one.name() !== 'help');
  const flags = [...command.options, ...(path.length === 0 ? [] : (command.parent?.options ?? []))];
  const words = [
    ...subcommands.map((one) => one.name()),
    ...flags.flatMap((one) => one.long ?? []),
    ...command.registeredArguments.flatMap((one) => one.argChoices ?? []),
  ];
  return [
    { path, words: [...new Set(words)] },
    ...subcommands.flatMap((one) => nodesOf(one, [...path, one.name()])),
  ];
}

function bash(nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, words }) => `    "${path.join(' ')}") words="${words.join(' ')}" ;;`);
  return `_tombstone() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path:$word" in
${nodes.flatMap(({ path }) => (path.length === 0 ? [] : [`      "${path.slice(0, -1).join(' ')}:${path.at(-1)}") path="${path.join(' ')}" ;;`])).join('\n')}
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _tombstone tombstone
`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, words }) => {
    const depth = path.length;
    const here =
      depth === 0
        ? 'test (count (commandline -opc)) -eq 1'
        : `string match -q -- "tombstone ${path.join(' ')}*" (commandline -opc | string join " ")`;
    return words.map((word) =>
      word.startsWith('--')
        ? `complete -c tombstone -n '${here}' -l ${word.slice(2)}`
        : `complete -c tombstone -n '${here}' -a ${word}`,
    );
  });
  return `${lines.join('\n')}\n`;
}
