// Logs the events of a plan with the loggers of Node.
// usage: node emit.mjs PLAN DIRECTORY
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Writable } from 'node:stream'
import util from 'node:util'

const require = createRequire(process.cwd() + '/')
const pino = require('pino')
const pretty = require('pino-pretty')
const winston = require('winston')
const bunyan = require('bunyan')

const [plan, directory] = process.argv.slice(2)

class Sink extends Writable {
  text = ''
  _write(chunk, _encoding, done) { this.text += chunk; done() }
  take() { const t = this.text; this.text = ''; return t }
}

function dump(d) {
  const made = Object.assign(new ({ [d.type]: class {} })[d.type](), d.fields)
  switch (d.style % 8) {
    case 0: case 1: return util.inspect(made)
    case 2: return util.inspect(d.fields, { depth: 5 })
    case 3: return JSON.stringify(d.fields)
    case 4: return JSON.stringify(d.fields, null, 2)
    case 5: return util.inspect(new Map(Object.entries(d.fields)))
    case 6: return util.inspect(Object.entries(d.fields))
    default: return util.inspect(d.fields, { breakLength: Infinity, compact: true })
  }
}

function fault(e) {
  const { [e.type]: Kind } = { [e.type]: class extends Error {} }
  const err = new Kind(e.msg)
  err.name = e.type
  if (e.where) Object.assign(err, { code: 'ECONNREFUSED', config: e.where })
  return err
}

const sinks = {}
const sink = name => (sinks[name] = new Sink())

const loggers = {
  'pino': (() => {
    const log = pino({ level: 'debug' }, sink('pino'))
    return (ev, msg, fields, err) => log[ev.level](err ? { ...fields, err } : fields, msg)
  })(),
  'pino-pretty': (() => {
    const log = pino({ level: 'debug' }, pretty({ colorize: true, sync: true, destination: sink('pino-pretty') }))
    return (ev, msg, fields, err) => log[ev.level](err ? { ...fields, err } : fields, msg)
  })(),
  'winston-json': (() => {
    const log = winston.createLogger({
      level: 'debug',
      format: winston.format.combine(winston.format.timestamp(), winston.format.errors({ stack: true }), winston.format.json()),
      transports: [new winston.transports.Stream({ stream: sink('winston-json') })],
    })
    return (ev, msg, fields, err) => log[ev.level](msg, err ? { ...fields, error: { ...err, message: err.message, stack: err.stack } } : fields)
  })(),
  'winston-text': (() => {
    const log = winston.createLogger({
      level: 'debug',
      format: winston.format.combine(winston.format.colorize(), winston.format.timestamp(),
        winston.format.printf(({ timestamp, level, message, stack, ...rest }) =>
          `${timestamp} [${level}] ${message} ${Object.keys(rest).length ? util.inspect(rest, { depth: 4, breakLength: Infinity }) : ''}${stack ? '\n' + stack : ''}`)),
      transports: [new winston.transports.Stream({ stream: sink('winston-text') })],
    })
    return (ev, msg, fields, err) => log[ev.level](msg, err ? { ...fields, stack: util.inspect(err) } : fields)
  })(),
  'winston-simple': (() => {
    const log = winston.createLogger({
      level: 'debug',
      format: winston.format.simple(),
      transports: [new winston.transports.Stream({ stream: sink('winston-simple') })],
    })
    return (ev, msg, fields, err) => log[ev.level](err ? msg + ' ' + err.stack : msg, fields)
  })(),
  'bunyan': (() => {
    const log = bunyan.createLogger({ name: 'acme', level: 'debug', serializers: { err: bunyan.stdSerializers.err }, streams: [{ level: 'debug', stream: sink('bunyan') }] })
    return (ev, msg, fields, err) => log[ev.level](err ? { ...fields, err } : fields, msg)
  })(),
  'console': (() => {
    const out = sink('console')
    const log = new console.Console({ stdout: out, stderr: out })
    return (ev, msg, fields, err) => log[ev.level](...[msg, ...(Object.keys(fields).length ? [fields] : []), ...(err ? [err] : [])])
  })(),
}

const lines = Object.fromEntries(Object.keys(loggers).map(n => [n, []]))
for (const line of readFileSync(plan, 'utf8').trimEnd().split('\n')) {
  const ev = JSON.parse(line)
  const msg = ev.msg + (ev.dump ? dump(ev.dump) : '')
  const err = ev.error && fault(ev.error)
  for (const [name, log] of Object.entries(loggers)) {
    log(ev, msg, { ...ev.fields }, err)
    await new Promise(setImmediate)
    lines[name].push(JSON.stringify({ event: ev.id, text: sinks[name].take() }))
  }
}
for (const [name, l] of Object.entries(lines)) writeFileSync(`${directory}/node-${name}.jsonl`, l.join('\n') + '\n')
