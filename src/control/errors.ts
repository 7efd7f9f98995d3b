/** An error of the control plane, in its one shape: `{"error":{"code","message","details"?}}`. */
export class ControlError extends Error {
  override readonly name = 'ControlError'

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details?: unknown,
  ) {
    super(message)
  }
}

export const errorBody = ({ code, message, details }: { code: string; message: string; details?: unknown }) => ({
  error: { code, message, ...(details === undefined ? {} : { details }) },
})
