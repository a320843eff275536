import { awsBinding } from './aws.ts';
import { bind } from './bind.ts';

bind(awsBinding);
