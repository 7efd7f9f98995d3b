/** One row a request: the latest 10,000, in memory, what is bulky of each packed into one text. */
const capacity = 10_000

export function openJournal() {
  const ring = new Array(capacity)
  return {
    /** @param {import('node:http').IncomingMessage} request */
    write(number, at, from, request, bytes, answer) {
      ring[number % capacity] = {
        id: `default-${number}`,
        at,
        durationMs: performance.now() - from,
        vendor: answer.vendor,
        operation: answer.operation,
        account: answer.account,
        evidence: answer.evidence,
        method: request.method,
        url: request.url,
        address: request.socket.remoteAddress,
        packed: [
          JSON.stringify({ rawHeaders: request.rawHeaders, status: answer.status, headers: answer.headers }),
          bytes.toString('latin1'),
          answer.body,
        ].join(''),
      }
    },
  }
}
