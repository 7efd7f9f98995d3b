import type { Transport } from './plane.js'

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Carries control requests to a server elsewhere. */
export const overHttp =
  (url: string): Transport =>
  async ({ path, ...request }) => {
    const { status, body } = await fetch(url + path, request)
    return { status, body: body ?? nothing() }
  }
