import { buildApp } from './app.js'
import type { Cell } from './control/matrix.js'
import { textTable } from './control/matrix-table.js'
import { OptionError } from './options.js'

/** What is asked of a vendor's matrix; all of it in the default profile, where left out. */
export interface Asked {
  readonly profile?: string
  readonly operation?: string
}

/** What the control plane says of a wrong name, in the words of the command. */
function said({ message, details }: { message: string; details?: { operations?: readonly string[] } }): string {
  const { operations } = details ?? {}
  return operations
    ? `--operation: ${message}; there are ${operations.join(', ')}`
    : message.replace(/^\/profile/, '--profile')
}

/** The refusal matrix of a vendor as a server answers it, and as text. Throws `OptionError`. */
export async function refusalsOf(
  vendor: string,
  { profile, operation }: Asked = {},
): Promise<{ cells: readonly Cell[]; text: string }> {
  const app = await buildApp({ seed: 0 })
  try {
    const ask = async (method: 'GET' | 'PATCH', path: string, payload?: object) => {
      const url = `/_understudy${path}`
      const { statusCode, body } = await app.inject({ method, url, ...(payload && { payload }) })
      const answer = JSON.parse(body)
      if (statusCode >= 400) throw new OptionError(said(answer.error))
      return answer
    }
    if (profile !== undefined) await ask('PATCH', `/settings/${encodeURIComponent(vendor)}`, { profile })
    const { items: cells } = await ask(
      'GET',
      `/refusals?${new URLSearchParams({ vendor, ...(operation !== undefined && { operation }) })}`,
    )
    return { cells, text: textTable(cells) }
  } finally {
    await app.close()
  }
}
