const codes = /^(SQLITE_FULL|SQLITE_IOERR_WRITE|ENOSPC|EDQUOT|EFBIG)$/

/** Whether something failed for want of room, as the system or the database says it, and not by a fault of ours. */
export const isFullDisk = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && codes.test(String(error.code))

/** What the log says of a failure: one line where somebody has to make room, else all that is known. */
export const toLog = (error: unknown): unknown =>
  isFullDisk(error) ? `there is no room for what has to be kept (${String(error)})` : error
