/** What an account holds. Plain data throughout, so that a replica can keep an older copy of it. */
import { AwsError } from './answer.ts';
import type { IdentityCenter } from './identity-center/center.ts';
import type { Key } from './kms/key.ts';
import type { Organization } from './organization/organization.ts';
import type { Secret } from './secrets/secret.ts';

/** Things that have a name and an id that outlives the name. Names are not told apart by case. */
export interface Named<T> {
  readonly items: Map<string, T>;
  readonly ids: Map<string, string>;
}

interface Thing {
  readonly id: string;
  name: string;
}

const unnamed = <T>(): Named<T> => ({ items: new Map(), ids: new Map() });

export function find<T>(named: Named<T>, name: string): T | undefined {
  return named.items.get(named.ids.get(name.toLowerCase()) ?? '');
}

/** In the order of the names. */
export function all<T extends Thing>(named: Named<T>): readonly T[] {
  return [...named.items.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

export function add<T extends Thing>(named: Named<T>, thing: T, what: string): T {
  checkFree(named, thing.name, what);
  named.items.set(thing.id, thing);
  named.ids.set(thing.name.toLowerCase(), thing.id);
  return thing;
}

export function remove<T extends Thing>(named: Named<T>, thing: T): void {
  named.items.delete(thing.id);
  named.ids.delete(thing.name.toLowerCase());
}

/** The id stays. */
export function rename<T extends Thing>(named: Named<T>, thing: T, name: string, what: string): void {
  if (name.toLowerCase() !== thing.name.toLowerCase()) checkFree(named, name, what);
  named.ids.delete(thing.name.toLowerCase());
  thing.name = name;
  named.ids.set(name.toLowerCase(), thing.id);
}

function checkFree<T>(named: Named<T>, name: string, what: string): void {
  if (find(named, name) !== undefined) {
    throw new AwsError('EntityAlreadyExists', 409, `${what} with name ${name} already exists.`);
  }
}

export interface LastUsed {
  readonly at: number;
  readonly service: string;
  readonly region: string;
}

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** The account's id where it is root's. */
  readonly userId: string;
  readonly createdAt: number;
  active: boolean;
  lastUsed: LastUsed | undefined;
}

/** What policies hang on: a user, a group, a role. */
export interface Holder extends Thing {
  path: string;
  readonly createdAt: number;
  /** Document by name. */
  readonly inline: Map<string, string>;
  /** ARNs. */
  readonly attached: Set<string>;
}

/** A user or a role. */
export interface Principal extends Holder {
  readonly tags: Map<string, string>;
  /** The ARN of a managed policy. */
  boundary: string | undefined;
}

export interface Upload {
  readonly id: string;
  readonly body: string;
  readonly uploadedAt: number;
  active: boolean;
}

export interface ServiceCredential {
  readonly id: string;
  readonly service: string;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  secret: string;
  active: boolean;
}

export interface User extends Principal {
  login: { readonly createdAt: number; resetRequired: boolean; password: string } | undefined;
  passwordLastUsed: number | undefined;
  /** When a device was enabled, by its serial number. */
  readonly devices: Map<string, number>;
  readonly sshKeys: Map<string, Upload>;
  readonly certificates: Map<string, Upload>;
  readonly serviceCredentials: Map<string, ServiceCredential>;
}

export interface Group extends Holder {
  /** Ids of users. */
  readonly members: Set<string>;
}

export interface Role extends Principal {
  /** With the ids of its principals in the place of their ARNs. */
  trust: string;
  description: string | undefined;
  maxSessionSeconds: number;
  lastUsed: { readonly at: number; readonly region: string } | undefined;
}

export interface PolicyVersion {
  readonly id: string;
  readonly document: string;
  readonly createdAt: number;
}

export interface ManagedPolicy extends Thing {
  readonly path: string;
  readonly description: string | undefined;
  readonly createdAt: number;
  readonly tags: Map<string, string>;
  readonly versions: Map<string, PolicyVersion>;
  defaultVersion: string;
  newest: number;
  updatedAt: number;
}

export interface Profile extends Thing {
  readonly path: string;
  readonly createdAt: number;
  roleId: string | undefined;
}

export interface Provider {
  readonly createdAt: number;
  /** A SAML provider's metadata document, or an OIDC provider's URL. */
  document: string;
  readonly clientIds: Set<string>;
  thumbprints: readonly string[];
}

export interface State {
  readonly keys: Map<string, AccessKey>;
  readonly users: Named<User>;
  readonly groups: Named<Group>;
  readonly roles: Named<Role>;
  readonly policies: Named<ManagedPolicy>;
  readonly profiles: Named<Profile>;
  /** Virtual devices by serial number, whether somebody uses them or not. */
  readonly devices: Set<string>;
  /** By ARN. */
  readonly oidcProviders: Map<string, Provider>;
  readonly samlProviders: Map<string, Provider>;
  /** By ARN, those of every region. */
  readonly kmsKeys: Map<string, Key>;
  readonly secrets: Map<string, Secret>;
  /** Of a management account. */
  organization: Organization | undefined;
  /** Of the account that owns the instance. */
  identityCenter: IdentityCenter | undefined;
  report: { readonly startedAt: number; asked: number; content: string } | undefined;
}

export function emptyState(): State {
  return {
    keys: new Map(),
    users: unnamed(),
    groups: unnamed(),
    roles: unnamed(),
    policies: unnamed(),
    profiles: unnamed(),
    devices: new Set(),
    oidcProviders: new Map(),
    samlProviders: new Map(),
    kmsKeys: new Map(),
    secrets: new Map(),
    organization: undefined,
    identityCenter: undefined,
    report: undefined,
  };
}

export function missing(what: string, name: string): AwsError {
  return new AwsError('NoSuchEntity', 404, `The ${what} with name ${name} cannot be found.`);
}

export function conflict(first: string): AwsError {
  return new AwsError('DeleteConflict', 409, `Cannot delete entity, must ${first} first.`);
}

export function userNamed(state: State, name: string): User {
  const user = find(state.users, name);
  if (user === undefined) throw missing('user', name);
  return user;
}

export function groupNamed(state: State, name: string): Group {
  const group = find(state.groups, name);
  if (group === undefined) throw missing('group', name);
  return group;
}

export function roleNamed(state: State, name: string): Role {
  const role = find(state.roles, name);
  if (role === undefined) throw missing('role', name);
  return role;
}
