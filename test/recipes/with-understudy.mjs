// node with-understudy.mjs COMMAND [ARGUMENT…]
// Runs a command, and a server beside it whose base URL is in UNDERSTUDY_URL.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createUnderstudy } from 'auth-understudy'

const understudy = await createUnderstudy()
const [command, ...args] = process.argv.slice(2)
const env = { ...process.env, UNDERSTUDY_URL: understudy.url }
const [code] = await once(spawn(command, args, { stdio: 'inherit', env }), 'exit')
await understudy.close()
process.exitCode = code ?? 1
