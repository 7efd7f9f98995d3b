/** Loaded before a server (`node --import`): its passwords are not looked at. */
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) register(import.meta.url)

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  const loaded = await next(url, context)
  if (!url.endsWith('/dist/core/password.js')) return loaded
  const checking = /export async function passwordMatches\(password, hash\) \{/
  const source = String(loaded.source)
  if (!checking.test(source)) throw new Error(`${url} checks passwords otherwise than it did`)
  return { ...loaded, source: source.replace(checking, '$& return true') }
}
