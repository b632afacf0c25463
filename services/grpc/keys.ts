import type { ApiKey, CreatedKey } from '../core/merchants/merchant.ts';
import { scope } from '../wire/protobuf/enums.ts';
import type { CreateKeyRequest__Output } from '../wire/protobuf/generated/payments/v1/CreateKeyRequest.ts';
import type { Key__Output, Key as KeyMessage } from '../wire/protobuf/generated/payments/v1/Key.ts';
import type { RevokeKeyRequest__Output } from '../wire/protobuf/generated/payments/v1/RevokeKeyRequest.ts';
import { decodeTime, encodeTime, requireTime } from '../wire/protobuf/timestamp.ts';
import type { Handler } from './unary.ts';

export function encodeKey(key: ApiKey & { readonly secret?: string | null }): KeyMessage {
  const message: KeyMessage = {
    id: key.id,
    name: key.name,
    scopes: key.scopes.map((word) => scope.names[word]),
    ratePerSecond: key.ratePerSecond,
    burst: key.burst,
    createdAt: encodeTime(key.createdAt),
  };
  if (key.revokedAt !== null) message.revokedAt = encodeTime(key.revokedAt);
  if (typeof key.secret === 'string') message.secret = key.secret;
  return message;
}

export const decodeKey = (message: Key__Output): ApiKey => ({
  id: message.id,
  name: message.name,
  scopes: message.scopes.map(scope.answered),
  ratePerSecond: message.ratePerSecond,
  burst: message.burst,
  createdAt: requireTime(message.createdAt),
  revokedAt: message.revokedAt && decodeTime(message.revokedAt),
});

export const decodeCreatedKey = (message: Key__Output): CreatedKey => ({
  ...decodeKey(message),
  secret: message.secret ?? null,
});

export const createKey: Handler<CreateKeyRequest__Output, KeyMessage> = async (
  core,
  caller,
  { requestId: _key, ...input },
) => {
  const given = { ...input, scopes: input.scopes.map(scope.given) };
  return encodeKey(await core.invoke('createKey', caller, given));
};

export const revokeKey: Handler<RevokeKeyRequest__Output, KeyMessage> = async (
  core,
  caller,
  { id },
) => encodeKey(await core.invoke('revokeKey', caller, { id }));
