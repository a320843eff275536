import { permissionActions } from './policy/permission-actions.ts';

/** After these a credential stands that none stood before, and its date tells when. */
const creating = [
  'CreateAccessKey',
  'CreateLoginProfile',
  'CreateServiceSpecificCredential',
  'UploadSSHPublicKey',
  'UploadSigningCertificate',
];
/** After these an old credential opens again, or to another, and no date tells it. */
const reviving = [
  'ChangePassword',
  'ResetServiceSpecificCredential',
  'UpdateAccessKey',
  'UpdateLoginProfile',
  'UpdateSSHPublicKey',
  'UpdateServiceSpecificCredential',
  'UpdateSigningCertificate',
];
const born = ['CreateGroup', 'CreatePolicy', 'CreateRole', 'CreateUser'];

const inIam = (names: readonly string[]): readonly string[] => names.map((name) => `iam:${name}`);

export const credentialsCreated: readonly string[] = inIam(creating);
export const credentialsRevived: readonly string[] = inIam(reviving);
/** Users, groups, roles and policies are dated when they are made. */
export const principalsBorn: readonly string[] = inIam(born);
/** Who is in which group, what is attached, whom a role trusts: the account shows how it stands, and no date. */
const shown =
  /^(?:(?:Add|Remove)(?:RoleTo|RoleFrom)InstanceProfile|AddUserToGroup|RemoveUserFromGroup|(?:Attach|Delete|Detach|Put)(?:Group|Role|User)Policy|(?:Delete|Update)(?:Group|Role|User)|(?:Delete|Put)(?:Role|User)PermissionsBoundary|(?:Create|Delete)(?:InstanceProfile|PolicyVersion|ServiceLinkedRole)|DeletePolicy|SetDefaultPolicyVersion|UpdateAssumeRolePolicy|UpdateRoleDescription)$/;
/** These only take away. */
const removing =
  /^(?:Delete(?:AccessKey|AccountAlias|CloudFrontPublicKey|LoginProfile|OpenIDConnectProvider|SAMLProvider|SSHPublicKey|ServerCertificate|ServiceSpecificCredential|SigningCertificate)|Disable\w+|RejectDelegationRequest|RemoveClientIDFromOpenIDConnectProvider)$/;

const writing = (permissionActions['iam'] ?? '').split(' ');
export const principalsChanged: readonly string[] = inIam(writing.filter((name) => shown.test(name)));
/** Providers, devices, tags, delegations, settings of the account: another list, or none. */
const unseen = writing.filter(
  (name) =>
    !shown.test(name) &&
    !removing.test(name) &&
    ![...creating, ...reviving, ...born, 'PassRole'].includes(name),
);

/** Whoever may call one of these puts code where another's credentials are; from the pages of the actions. */
const footholds = [
  'cloudformation:ExecuteChangeSet',
  'cloudformation:UpdateStack',
  'codebuild:StartBuild',
  'codebuild:StartBuildBatch',
  'codebuild:UpdateProject',
  'ec2-instance-connect:SendSSHPublicKey',
  'ec2-instance-connect:SendSerialConsoleSSHPublicKey',
  'ec2:ModifyInstanceAttribute',
  'ecs:ExecuteCommand',
  'glue:UpdateDevEndpoint',
  'glue:UpdateJob',
  'lambda:UpdateFunctionCode',
  'lambda:UpdateFunctionConfiguration',
  'sagemaker:CreatePresignedNotebookInstanceUrl',
  'sagemaker:UpdateNotebookInstanceLifecycleConfig',
  'ssm:CreateAssociation',
  'ssm:SendCommand',
  'ssm:StartAutomationExecution',
  'ssm:StartSession',
  'states:UpdateStateMachine',
];

/** By these somebody is let in where no look goes: providers, resource policies, grants, assignments, code. */
export const letInElsewhere: readonly string[] = [
  ...inIam(unseen),
  ...Object.entries(permissionActions)
    .filter(([service]) => service !== 'iam' && service !== 'sts')
    .flatMap(([service, names]) => names.split(' ').map((name) => `${service}:${name}`)),
  ...footholds,
];
