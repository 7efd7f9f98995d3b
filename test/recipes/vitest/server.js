import { createUnderstudy } from 'auth-understudy'

export default async function setup({ provide }) {
  const understudy = await createUnderstudy()
  provide('understudy', understudy.url)
  return () => understudy.close()
}
