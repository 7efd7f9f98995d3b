import { createHash, createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Ask, cheapFixtures, type Emulator, emulate, start } from './emulate.js'

export const login = '/faveo/api/v1/authenticate'
export const me = '/faveo/api/v1/authenticate/user'
export const keyUrl = '/faveo/api/v1/helpdesk/api_key'
export const demo = { username: 'demoadmin', password: 'demopass' }
export const seedHeader = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9'
export const prv = '87e0af1ef9fd15812fdec97153a14e0b047546aa'
export const iat = start / 1000

const secret = 'a secret of the test, 32 bytes or more'

export const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url')
export const signed = (content: string, key = secret) =>
  `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`
export const bearer = (token: string): Ask => ({ headers: { authorization: `Bearer ${token}` } })

export const claims = { iss: 'http://elsewhere', iat, exp: iat + 240, nbf: iat, jti: 'forged', sub: 1, prv }
export const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))

/** A token of the test's own making, its slashes written as PHP does unless the payload is a text already. */
export const forged = (payload: object | string = claims, header = '{"typ":"JWT","alg":"HS256"}', key = secret) => {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload).replaceAll('/', '\\/')
  return signed(`${base64url(header)}.${base64url(text)}`, key)
}

export const parts = (token: string) => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return { header, payload, signature, decoded: Buffer.from(payload, 'base64url').toString() }
}

export async function tokenOf({ post }: Emulator, body: object = demo): Promise<string> {
  return (await post(login, { body })).json.token
}

/** The shipped fixture, changed. */
export function fixtureOf(
  t: Test,
  change: (fixture: { accounts: object[] } & Record<string, unknown>) => object,
): string {
  const folder = t.testdir({ secret: `${secret}\n` })
  const fixture = JSON.parse(readFileSync(join(cheapFixtures(), 'faveo.json'), 'utf8'))
  const file = join(folder, 'faveo.json')
  writeFileSync(file, JSON.stringify(change(fixture)))
  return file
}

/** A server whose secret the test knows. */
export const emulateWithSecret = (t: Test): Promise<Emulator> =>
  emulate(t, { fixtures: fixtureOf(t, (fixture) => ({ ...fixture, signingKey: 'secret' })) })

const gravatar = createHash('md5').update('demoadmin@example.com').digest('hex')

/** The columns that a user has in every release, as they stand in an answer. */
export const demoColumns =
  '"id":1,"user_name":"demoadmin","first_name":"Demo","last_name":"Admin","gender":0,' +
  '"email":"demoadmin@example.com","ban":0,"active":1,"is_delete":0,"ext":"","country_code":0,"phone_number":"",' +
  '"mobile":null,"agent_sign":"","account_type":"","account_status":"","assign_group":1,"primary_dpt":1,' +
  '"agent_tzone":"","daylight_save":"","limit_access":"","directory_listing":"","vacation_mode":"","company":"",' +
  '"role":"admin","internal_note":"",' +
  `"profile_pic":"https:\\/\\/secure.gravatar.com\\/avatar\\/${gravatar}?s=80&r=g&d=identicon"`
