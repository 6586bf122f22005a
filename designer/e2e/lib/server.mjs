// A server of the tests' own: the built binary with the demo pack in a folder that is thrown away.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const binary = process.env.SLUICE_BIN ?? new URL('../../../bin/sluice', import.meta.url).pathname
const READY = 60_000 // ms

/** Uses the server at SLUICE_URL, or starts one; stop() ends what was started and removes its data. */
export async function serve() {
  if (process.env.SLUICE_URL) return { url: process.env.SLUICE_URL, stop: async () => {} }
  if (!existsSync(binary)) throw new Error('build it first: make build')
  const data = mkdtempSync(join(tmpdir(), 'sluice-e2e-data-'))
  const server = spawn(binary, ['serve', '--addr', '127.0.0.1:0', '--data', data, '--demo', 'auto-parts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  server.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4000)
  })
  const gone = new Promise((done) => server.once('close', done))
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGTERM') // by its process id: other servers of this machine stay
      const late = setTimeout(() => server.kill('SIGKILL'), 10_000)
      await gone
      clearTimeout(late)
    }
    rmSync(data, { recursive: true, force: true })
  }
  process.once('exit', () => {
    server.kill('SIGKILL')
    rmSync(data, { recursive: true, force: true })
  })
  const url = await Promise.race([
    ready(server),
    gone.then(() => null),
    new Promise((done) => setTimeout(done, READY, undefined).unref()),
  ])
  if (!url) {
    await stop()
    throw new Error(`the server ${url === null ? 'ended' : 'did not become ready'}: ${said.trim()}`)
  }
  process.env.SLUICE_URL = url
  return { url, stop, log: () => said }
}

function ready(server) {
  return new Promise((done) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      if (line.startsWith('ready ')) done(line.slice(6).trim())
    })
  })
}
