/** What `UnderstudyError` tells beside its message. */
export interface Failure {
  readonly status: number
  readonly code: string
  readonly details?: unknown
  readonly cause?: unknown
}

/**
 * The control plane refused, or could not be asked. The world is as it was.
 *
 * Codes of the control plane are in its OpenAPI document; from the client itself come `unreachable` (with the `cause`),
 * `closed`, `unknown-vendor`, `unhandled-host` and `unexpected-answer`. A program that both imports and requires the
 * package has two of this class, and of the other errors: `name` and `code` tell them, where `instanceof` does not.
 */
export class UnderstudyError extends Error {
  override readonly name = 'UnderstudyError'
  /** HTTP status; 0 where nothing was answered. */
  readonly status: number
  /** Which of the reasons it is, in a word that does not change. */
  readonly code: string
  /** More about it, often with `pointer`: the JSON pointer of what cannot be used. */
  readonly details: unknown

  constructor(message: string, { status, code, details, cause }: Failure) {
    super(message, cause === undefined ? {} : { cause })
    this.status = status
    this.code = code
    this.details = details
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** What a body says, if it is JSON. */
function json(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** The error that an answer of this status and body tells of. */
export function failure(status: number, body: string): UnderstudyError {
  const answer = json(body)
  const error = isObject(answer) && 'error' in answer ? answer.error : undefined
  if (isObject(error) && 'code' in error && 'message' in error) {
    const details = 'details' in error ? error.details : undefined
    return new UnderstudyError(String(error.message), { status, code: String(error.code), details })
  }
  return unexpected(status, body)
}

/** The error that no Understudy answers like this. */
export const unexpected = (status: number, body: string): UnderstudyError =>
  new UnderstudyError(`no Understudy answers like this: ${status} ${body.slice(0, 200)}`, {
    status,
    code: 'unexpected-answer',
  })
