/** Whether the floor does what the product does: their answers to the same requests differ in free values only. */

/** Not of the application: how long a connection is kept. */
const ofTheConnection = ['connection', 'keep-alive']

/** A token without what is drawn, signed or read from a clock. */
function tokenShape(text) {
  if (!text.includes('.')) return text.replace(/[0-9a-f]/g, 'x')
  const [header, payload] = text.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  return { header, claims: Object.entries(payload).map(([name, value]) => `${name}: ${typeof value}`) }
}

const free = {
  token: tokenShape,
  expires: (value) => typeof value,
}

/** An answer to a login or a read without its free values. @param {Response} answer */
export async function shapeOf(answer) {
  const text = await answer.text()
  const names = [...answer.headers.keys()].filter((name) => !ofTheConnection.includes(name))
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    headers: names.sort(),
    evidence: answer.headers.get('x-understudy-evidence'),
    // JSON as it is spelt: escapes and order count.
    body: text.replace(/"(token|expires)":("[^"]*"|\d+)/g, (_, name, value) =>
      JSON.stringify({ [name]: free[name](JSON.parse(value)) }),
    ),
  }
}
