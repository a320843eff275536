/** One safeguard less. `cut` stands exactly once in the file; `put` takes its place; one of `tests` must fail. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly cut: string;
  readonly put: string;
  readonly tests: readonly string[];
}

const observe = ['test/observe'];
const judge = ['test/judge'];
const plan = ['test/plan'];
const door = ['test/door'];
const vault = ['connectors/vault'];
const postgres = ['connectors/postgres'];

export const mutants: readonly Mutant[] = [
  // ── controls ──
  {
    name: 'control: an absence stands without its controls',
    file: 'src/observe/group.ts',
    cut: 'if (broken !== undefined) return broken;',
    put: '',
    tests: observe,
  },
  {
    name: 'control: none after the read',
    file: 'src/observe/group.ts',
    cut: ': [found.before, await lookAgain(source, found.witness, look)];',
    put: ': [found.before];',
    tests: observe,
  },
  {
    name: 'control: a sighting of something else counts',
    file: 'src/observe/control.ts',
    cut: 'return source.answers(raw.value, key)',
    put: 'return true',
    tests: observe,
  },
  {
    name: 'control: the target may be its own witness',
    file: 'src/observe/group.ts',
    cut: 'const others = siblings.filter((sibling) => !keys.has(source.name(sibling.key)));',
    put: 'const others = siblings.filter((sibling) => keys.size >= 0 || sibling);',
    tests: observe,
  },
  {
    name: 'control: a stranger that is seen counts as absent',
    file: 'src/observe/control.ts',
    cut: "return raw === 'nothing'\n      ? { form: 'distinct-absence'",
    put: "return raw !== undefined\n      ? { form: 'distinct-absence'",
    tests: observe,
  },
  {
    name: 'control: a stranger stands in for a sighting that failed',
    file: 'src/observe/control.ts',
    cut: 'if (why !== undefined) return why;',
    put: '',
    tests: observe,
  },
  {
    name: 'control: a list needs no sighting in it',
    file: 'src/observe/walk.ts',
    cut: 'return failed(control) ? control : { ...first, controls: [control] };',
    put: "return { ...first, controls: [failed(control) ? { form: 'sighting', when: 'within', chosen: 'own', of: '', stamp: first.stamp } : control] };",
    tests: observe,
  },
  {
    name: 'control: any object is a control',
    file: 'src/observe/control.ts',
    cut: 'observation.controls.every((control) => minted.has(control))',
    put: 'observation.controls.every((control) => minted !== undefined && control)',
    tests: observe,
  },
  // ── reads ──
  {
    name: 'read: an answer about something else counts',
    file: 'src/observe/group.ts',
    cut: '} else if (!failed(raw) && !source.answers(raw.value, key)) {',
    put: '} else if (source.id === key) {',
    tests: observe,
  },
  {
    name: 'read: more answers than keys',
    file: 'src/observe/group.ts',
    cut: 'if (raws.length !== keys.length) {',
    put: 'if (raws.length < keys.length) {',
    tests: observe,
  },
  {
    name: 'page loop: a list without its last page is whole',
    file: 'src/observe/walk.ts',
    cut: "return inconclusive('R-PARTIAL', `the list of ${group.source.id} never said that it was whole`);",
    put: 'return whole;',
    tests: observe,
  },
  {
    name: 'page loop: only the first page is read',
    file: 'src/observe/walk.ts',
    cut: 'if (page.last) return whole;',
    put: 'return whole;',
    tests: observe,
  },
  {
    name: 'page loop: a failed page is skipped',
    file: 'src/observe/walk.ts',
    cut: 'if (failed(page)) return page;',
    put: 'if (failed(page)) continue;',
    tests: observe,
  },
  {
    name: 'page loop: offset pages are read once',
    file: 'src/observe/walk.ts',
    cut: "if (group.source.order === 'offset') {",
    put: 'if (group.source.order === undefined) {',
    tests: observe,
  },
  // ── instance ──
  {
    name: 'instance: nobody asks who the server is at the end',
    file: 'src/observe/epoch.ts',
    cut: 'const ended = await connection.identify(signal);',
    put: 'const ended = opening;',
    tests: observe,
  },
  {
    name: 'instance: another server at the end is the same',
    file: 'src/observe/epoch.ts',
    cut: 'if (opening.instance === closing.instance && opening.principal === closing.principal) return undefined;',
    put: 'if (opening.principal === closing.principal) return undefined;',
    tests: observe,
  },
  {
    name: 'instance: another principal at the end is the same',
    file: 'src/observe/epoch.ts',
    cut: 'if (opening.instance === closing.instance && opening.principal === closing.principal) return undefined;',
    put: 'if (opening.instance === closing.instance) return undefined;',
    tests: observe,
  },
  {
    name: 'instance: an unidentified server is asked all the same',
    file: 'src/observe/epoch.ts',
    cut: 'if (failed(opening)) return new Map(wanted.map((one) => [one, opening]));',
    put: "if (failed(opening)) return runEpoch({ ...connection, identify: () => Promise.resolve({ instance: '', principal: '' }) }, epoch, wanted, signal);",
    tests: observe,
  },
  {
    name: 'instance: a pin that differs is let through',
    file: 'src/observe/connect.ts',
    cut: 'if (system.instance === undefined || identity.instance === system.instance) return identity;',
    put: 'if (system.instance !== null) return identity;',
    tests: observe,
  },
  // ── judge ──
  ...(
    [
      ['instance', 'control.instance === read.instance &&'],
      ['point', 'control.point === read.point &&'],
      ['principal', 'control.principal === read.principal &&'],
      ['source', 'control.source === read.source &&'],
      ['scope', 'control.scope === read.scope &&'],
      ['system', 'control.system === read.system &&'],
    ] as const
  ).map(([field, cut]) => ({
    name: `judge: a control of another ${field} counts`,
    file: 'src/judge/doubt.ts',
    cut,
    put: '',
    tests: judge,
  })),
  {
    name: 'judge: a control of another epoch counts',
    file: 'src/judge/doubt.ts',
    cut: 'control.epoch === read.epoch',
    put: 'control.epoch > 0',
    tests: judge,
  },
  {
    name: 'judge: one control is enough',
    file: 'src/judge/doubt.ts',
    cut: 'return before && after;',
    put: 'return before || after;',
    tests: judge,
  },
  {
    name: 'judge: a name is an identity',
    file: 'src/judge/doubt.ts',
    cut: 'if (about === undefined) {',
    put: "if (about === '') {",
    tests: judge,
  },
  {
    name: 'judge: no read is needed',
    file: 'src/judge/doubt.ts',
    cut: "if (reads.length === 0) return inconclusive('R-CONTROL', 'an absence that rests on no read');",
    put: '',
    tests: judge,
  },
  {
    name: 'judge: clocks may differ',
    file: 'src/judge/doubt.ts',
    cut: 'if (skew > measure.maxSkew + resolution) {',
    put: 'if (skew < 0) {',
    tests: judge,
  },
  {
    name: 'judge: evidence from before the revocation counts',
    file: 'src/judge/doubt.ts',
    cut: 'if (measure.end !== undefined && server + resolution <= measure.end) {',
    put: 'if (measure.end !== undefined && server < 0) {',
    tests: judge,
  },
  {
    name: 'judge: old evidence counts',
    file: 'src/judge/doubt.ts',
    cut: 'if (measure.sealedAt - at > measure.maxAge) {',
    put: 'if (measure.sealedAt < 0) {',
    tests: judge,
  },
  {
    name: 'judge: the horizon does not matter',
    file: 'src/judge/state.ts',
    cut: 'if (horizon > 0) {',
    put: 'if (horizon < 0) {',
    tests: judge,
  },
  {
    name: 'judge: a later silence improves',
    file: 'src/judge/state.ts',
    cut: "(now.is === 'unproven' ? worse(then, now) : now)",
    put: "(now.is === 'unproven' ? then : now)",
    tests: judge,
  },
  {
    name: 'judge: a required claim without a check is fine',
    file: 'src/judge/judge.ts',
    cut: 'if (!target.asks.some((ask) => ask.claim === claim && ask.decides)) states.push(gap(noWay(claim)));',
    put: '',
    tests: judge,
  },
  {
    name: 'judge: a lost lead is fine',
    file: 'src/judge/judge.ts',
    cut: "if (lost !== undefined) states.push(gap(inconclusive('R-DEPTH', 'a lead was not followed'), lost));",
    put: '',
    tests: judge,
  },
  {
    name: 'judge: an issuer that mints elsewhere needs nothing',
    file: 'src/judge/judge.ts',
    cut: 'if (wanted !== false && !named) {',
    put: 'if (wanted === undefined && !named) {',
    tests: judge,
  },
  {
    name: 'judge: what an earlier round found answers for a later one',
    file: 'src/judge/judge.ts',
    cut: 'if (state.evidence.round === last)',
    put: 'if (last > 0)',
    tests: judge,
  },
  {
    name: 'judge: a running grant is judged',
    file: 'src/judge/judge.ts',
    cut: 'if (measure.end === undefined) {',
    put: 'if (measure.sealedAt === 0) {',
    tests: judge,
  },
  // ── plan ──
  {
    name: 'plan: a secret goes to every method',
    file: 'src/plan/target.ts',
    cut: "if (method === 'introspect') return secrets === 'never' ? undefined : secret;",
    put: "if (method === 'introspect') return secret;",
    tests: plan,
  },
  {
    name: 'plan: what --connector leaves out is dropped',
    file: 'src/plan/target.ts',
    cut: 'if (only !== undefined && !only.includes(wanted)) {',
    put: 'if (only !== undefined && only.length === 0) {',
    tests: plan,
  },
  {
    name: 'plan: too deep a lead is asked no more and forgotten',
    file: 'src/plan/follow.ts',
    cut: 'if (tooMany || depth(parent, ours) >= depthLimit) {',
    put: 'if (depth(parent, ours) > 100) {',
    tests: plan,
  },
  {
    name: 'exit: a grant without findings is clean',
    file: 'src/report/exit-code.ts',
    cut: 'return nothing ? 3 : 0;',
    put: 'return nothing ? 0 : 0;',
    tests: ['test/report'],
  },
  // ── the door ──
  {
    name: 'door: a redirect is an answer',
    file: 'src/door/answer.ts',
    cut: 'if (status >= 300 && status < 400) {',
    put: 'if (status >= 400 && status < 300) {',
    tests: door,
  },
  {
    name: 'door: any content type is JSON',
    file: 'src/door/answer.ts',
    cut: "const parsed = isJson(headers['content-type'])",
    put: "const parsed = isJson('application/json')",
    tests: door,
  },
  {
    name: 'door: an answer from a cache counts',
    file: 'src/door/answer.ts',
    cut: 'if (age > 0)',
    put: 'if (age < 0)',
    tests: door,
  },
  {
    name: 'door: undeclared reads leave',
    file: 'src/door/guard.ts',
    cut: 'if (!whole.some((read) => read.method === method && read.path.test(bare)))',
    put: 'if (whole.length < 0)',
    tests: door,
  },
  {
    name: 'door: a 404 is absence to the classifier',
    file: 'src/door/classify.ts',
    cut: "if (status === 403) return failure('R-PERM'",
    put: "if (status === 403) return failure('R-ANSWER'",
    tests: door,
  },
  // ── vault ──
  {
    name: 'vault: permission denied about a token is its absence',
    file: 'connectors/vault/sources.ts',
    cut: "absent: { status: 403, text: 'bad token', form: 'plain' },",
    put: "absent: { status: 403, text: 'permission denied', form: 'either' },",
    tests: vault,
  },
  {
    name: 'vault: any text of the absence status is absence',
    file: 'connectors/vault/answers.ts',
    cut: "return text === '' ? texts.length === 0 : texts.length === 1 && texts[0] === text;",
    put: 'return texts.length <= 1;',
    tests: vault,
  },
  {
    name: 'vault: a standby answers for the cluster',
    file: 'connectors/vault/identify.ts',
    cut: 'if (standby || performance_standby === true || status === 472) {',
    put: 'if (standby && status === 472) {',
    tests: vault,
  },
  {
    name: 'vault: a sealed server is identified',
    file: 'connectors/vault/identify.ts',
    cut: 'if (sealed) return inconclusive',
    put: 'if (sealed && !initialized) return inconclusive',
    tests: vault,
  },
  {
    name: 'vault: an id is looked for in any namespace',
    file: 'connectors/vault/place.ts',
    cut: "if (namespace !== '' && place.ending === undefined) {",
    put: "if (namespace === '' && place.ending === '') {",
    tests: vault,
  },
  {
    name: 'vault: a look-up without its control says that there is no orphan',
    file: 'connectors/vault/checks/token-children.ts',
    cut: 'if (seen.controls === undefined) {',
    put: 'if (seen.controls === undefined && answers.length < 0) {',
    tests: vault,
  },
  {
    name: 'vault: the list of accessors needs no whole answer',
    file: 'connectors/vault/accessors.ts',
    cut: "if (other !== undefined) return inconclusive('R-PARTIAL', `the list of accessors is not whole: ${other}`);",
    put: '',
    tests: vault,
  },
  // ── postgres ──
  {
    name: 'postgres: sessions without pg_read_all_stats',
    file: 'connectors/postgres/sources/sessions.ts',
    cut: 'if (!answer.rows.some((one) => one.sighted)) {',
    put: 'if (answer.rows.length < 0) {',
    tests: postgres,
  },
  {
    name: 'postgres: a standby answers for the cluster',
    file: 'connectors/postgres/client.ts',
    cut: "if (standby === 't') {",
    put: "if (standby !== 't' && standby !== 'f') {",
    tests: postgres,
  },
  {
    name: 'postgres: two servers in one run',
    file: 'connectors/postgres/client.ts',
    cut: 'if (this.#instance !== instance) {',
    put: "if (instance === '') {",
    tests: postgres,
  },
  {
    name: 'postgres: a role made again is the old one gone',
    file: 'connectors/postgres/checks/role.ts',
    cut: 'if (same === undefined) return recreated(ref.name, answer.value, ref.oid);',
    put: "if (same === undefined && answer.controls !== undefined) return { saw: 'absent', controls: answer.controls };\n    if (same === undefined) return recreated(ref.name, answer.value, ref.oid);",
    tests: postgres,
  },
  {
    name: 'postgres: sessions are listed while the role may still log in',
    file: 'connectors/postgres/checks/role-sessions.ts',
    cut: 'if (itself !== undefined && closedBy(itself) === undefined && !itself.expired) {',
    put: 'if (itself !== undefined && itself.oid < 0) {',
    tests: postgres,
  },
  {
    name: 'postgres: only the name decides',
    file: 'connectors/postgres/sources/roles.ts',
    cut: 'return one.oid === key.oid || one.name === key.name;',
    put: 'return one.name === key.name;',
    tests: postgres,
  },
];
