/** Identity providers, OIDC and SAML. */
import type { Shape } from '../answer.ts';
import { AwsError } from '../answer.ts';
import { text, texts } from '../input.ts';
import type { Call, Operations, Target } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { Provider } from '../state.ts';
import { anything, onArn } from './targets.ts';

const byOidc = 'OpenIDConnectProviderArn';
const bySaml = 'SAMLProviderArn';

const oidcArn = ({ account, input }: Call) =>
  account.arn(`oidc-provider/${text(input, 'Url').replace(/^https:\/\//, '')}`);
const samlArn = ({ account, input }: Call) => account.arn(`saml-provider/${text(input, 'Name')}`);

const onMade = (arnOf: (call: Call) => string) => {
  return (call: Call): Target => ({ arn: arnOf(call), called: arnOf(call) });
};

function named(kept: ReadonlyMap<string, Provider>, arn: string, what: string): Provider {
  const found = kept.get(arn);
  if (found === undefined) throw new AwsError('NoSuchEntity', 404, `${what} not found for arn ${arn}`);
  return found;
}

const oidc = ({ state, input }: Call) =>
  named(state.oidcProviders, text(input, byOidc), 'OpenIDConnect Provider');
const saml = ({ state, input }: Call) => named(state.samlProviders, text(input, bySaml), 'SAML Provider');

function add(kept: Map<string, Provider>, arn: string, provider: Provider): void {
  if (kept.has(arn)) {
    throw new AwsError('EntityAlreadyExists', 409, `Provider with url ${provider.document} already exists.`);
  }
  kept.set(arn, provider);
}

/** A year after it came: the document's own word of it is not read. */
const validUntil = ({ createdAt }: Provider) => new Date(createdAt + 365 * 86_400_000);

export const providers: Operations = {
  CreateOpenIDConnectProvider: write(onMade(oidcArn), (call) => {
    const { input, now } = call;
    const clientIds = new Set(texts(input, 'ClientIDList'));
    const thumbprints = texts(input, 'ThumbprintList');
    add(call.state.oidcProviders, oidcArn(call), {
      createdAt: now,
      document: text(input, 'Url'),
      clientIds,
      thumbprints,
    });
    return { [byOidc]: oidcArn(call) };
  }),
  GetOpenIDConnectProvider: read(onArn(byOidc), (call): Shape => {
    const found = oidc(call);
    return {
      Url: found.document.replace(/^https:\/\//, ''),
      ClientIDList: [...found.clientIds],
      ThumbprintList: found.thumbprints,
      CreateDate: new Date(found.createdAt),
    };
  }),
  ListOpenIDConnectProviders: read(anything, ({ state }) => ({
    OpenIDConnectProviderList: [...state.oidcProviders.keys()].map((Arn) => ({ Arn })),
  })),
  AddClientIDToOpenIDConnectProvider: write(onArn(byOidc), (call) => {
    oidc(call).clientIds.add(text(call.input, 'ClientID'));
    return undefined;
  }),
  RemoveClientIDFromOpenIDConnectProvider: write(onArn(byOidc), (call) => {
    oidc(call).clientIds.delete(text(call.input, 'ClientID'));
    return undefined;
  }),
  UpdateOpenIDConnectProviderThumbprint: write(onArn(byOidc), (call) => {
    oidc(call).thumbprints = texts(call.input, 'ThumbprintList');
    return undefined;
  }),
  // documented: one that is not there is deleted with success
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html
  DeleteOpenIDConnectProvider: write(onArn(byOidc), ({ state, input }) => {
    state.oidcProviders.delete(text(input, byOidc));
    return undefined;
  }),
  CreateSAMLProvider: write(onMade(samlArn), (call) => {
    const document = text(call.input, 'SAMLMetadataDocument');
    const provider = { createdAt: call.now, document, clientIds: new Set<string>(), thumbprints: [] };
    add(call.state.samlProviders, samlArn(call), provider);
    return { [bySaml]: samlArn(call) };
  }),
  GetSAMLProvider: read(onArn(bySaml), (call): Shape => {
    const found = saml(call);
    return {
      SAMLMetadataDocument: found.document,
      CreateDate: new Date(found.createdAt),
      ValidUntil: validUntil(found),
    };
  }),
  ListSAMLProviders: read(anything, ({ state }) => ({
    SAMLProviderList: [...state.samlProviders].map(([Arn, provider]) => ({
      Arn,
      ValidUntil: validUntil(provider),
      CreateDate: new Date(provider.createdAt),
    })),
  })),
  UpdateSAMLProvider: write(onArn(bySaml), (call) => {
    saml(call).document = text(call.input, 'SAMLMetadataDocument');
    return { [bySaml]: text(call.input, bySaml) };
  }),
  DeleteSAMLProvider: write(onArn(bySaml), (call) => {
    saml(call);
    call.state.samlProviders.delete(text(call.input, bySaml));
    return undefined;
  }),
};
