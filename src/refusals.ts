import { buildApp } from './app.js'
import type { Cell } from './control/matrix.js'
import { textTable } from './control/matrix-table.js'
import { OptionError } from './options.js'

/** The refusal matrix of a vendor as a server answers it, and as text. Throws `OptionError`. */
export async function refusalsOf(vendor: string, profile?: string): Promise<{ cells: readonly Cell[]; text: string }> {
  const app = await buildApp({ seed: 0 })
  try {
    const ask = async (method: 'GET' | 'PATCH', path: string, payload?: object) => {
      const url = `/_understudy${path}`
      const { statusCode, body } = await app.inject({ method, url, ...(payload && { payload }) })
      const answer = JSON.parse(body)
      if (statusCode >= 400) throw new OptionError(answer.error.message.replace(/^\/profile/, '--profile'))
      return answer
    }
    if (profile !== undefined) await ask('PATCH', `/settings/${encodeURIComponent(vendor)}`, { profile })
    const { items: cells } = await ask('GET', `/refusals?vendor=${encodeURIComponent(vendor)}`)
    return { cells, text: textTable(cells) }
  } finally {
    await app.close()
  }
}
