import { iso } from './clock.js'
import type { Refusal, RefusalCode, Refusals } from './refusal.js'

const badSignatures: Readonly<Record<Refusals['token-bad-signature']['reason'], string>> = {
  algorithm: 'the header does not name the algorithm',
  unsigned: 'the token is not signed',
  signature: 'no accepted key made the signature',
}

const reasons: { readonly [C in RefusalCode]: (facts: Refusals[C]) => string } = {
  'unknown-account': ({ login }) => `no account that could log in here has the login name ${JSON.stringify(login)}`,
  'wrong-password': ({ account }) => `the password is not that of account ${account}`,
  'account-inactive': ({ account, state }) => `account ${account} is ${state}`,
  'unknown-tenant': ({ tenant }) => `there is no tenant ${JSON.stringify(tenant)}`,
  'not-a-member': ({ account, tenant }) => `account ${account} does not belong to ${JSON.stringify(tenant)}`,
  'account-locked': ({ address, until }) => `logins from ${address} are blocked until ${iso(until)}`,
  throttled: ({ limit, resetAt }) => `more requests than ${limit} before ${iso(resetAt)}`,
  'token-missing': () => 'no token is presented where this operation looks for one',
  'token-malformed': ({ reason, detail }) => `the token cannot be read (${detail ?? reason})`,
  'token-bad-signature': ({ reason }) => badSignatures[reason],
  'token-claim-missing': ({ claim }) => `the claim ${claim} is missing`,
  'token-claim-invalid': ({ claim }) => `the claim ${claim} has a value that is not accepted`,
  'token-not-yet-valid': ({ from }) => `the token is not valid before ${iso(from)}`,
  'token-expired': ({ at }) => `the token expired at ${iso(at)}`,
  'token-revoked': ({ at }) => `the token was revoked at ${iso(at)}`,
  'token-unknown': () => 'no such token was issued here',
  'token-wrong-kind': ({ kind, expected }) => `the token is of the kind ${kind}, not ${expected}`,
  'token-wrong-tenant': ({ tenant, expected }) =>
    `the token is for the tenant ${JSON.stringify(tenant)}, not for ${JSON.stringify(expected)}`,
  'token-account-gone': ({ account }) => `there is no account ${account}`,
  'permission-denied': ({ needed }) => `it takes ${needed}`,
  'client-key-wrong': () => 'the API key of the client is wrong',
  'client-access-disabled': () => 'the API is switched off',
  'malformed-body': ({ reason }) => (reason === 'empty' ? 'the body is empty' : 'the body cannot be read'),
  'invalid-input': ({ problems }) =>
    problems.map(({ pointer, expected }) => `${pointer === '' ? 'the input' : pointer}: ${expected}`).join('; '),
  'unsupported-media-type': ({ mediaType }) => `the body has the type ${JSON.stringify(mediaType)}`,
  'body-too-large': ({ limit }) => `the body has more than ${limit} bytes`,
  'unknown-resource': ({ resource }) => `there is no ${JSON.stringify(resource)}`,
  'unknown-route': ({ method, path }) => `there is no ${method} ${path}`,
  'wrong-method': ({ method, path, allowed }) => `${path} has ${allowed.join(', ')}, not ${method}`,
  internal: ({ message }) => message,
}

/** A refusal in a sentence for whoever tests against the emulator; never part of a vendor's answer. */
export const why = <C extends RefusalCode>({ code, facts }: Refusal<C>): string => reasons[code](facts)
