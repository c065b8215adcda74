// What others answer to the same callbacks: express with the package `wechat`, in safe mode. Usage:
//
//   node server.js                 answers at once, nothing is stored
//   node server.js FILE            the same, and keeps each message first, in a transaction of its own
//
// It prints "listening on PORT" and serves /hooks/oa until it is ended.
'use strict'

const express = require('express')
const wechat = require('wechat')

const answer = '我记下了:卫生间漏水。请留一个电话,方便师傅联系您。'

function memory(file) {
  const Database = require('better-sqlite3')
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec(`
    CREATE TABLE messages (id INTEGER PRIMARY KEY, address TEXT NOT NULL, platform_id TEXT NOT NULL, at INTEGER NOT NULL,
      said TEXT NOT NULL);
    CREATE TABLE conversations (address TEXT PRIMARY KEY, messages INTEGER NOT NULL, updated_at INTEGER NOT NULL);
    CREATE TABLE outbox (id INTEGER PRIMARY KEY, address TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL,
      said TEXT NOT NULL)`)
  const message = database.prepare('INSERT INTO messages (address, platform_id, at, said) VALUES (?, ?, ?, ?)')
  const conversation = database.prepare(`INSERT INTO conversations (address, messages, updated_at) VALUES (?, 1, ?)
    ON CONFLICT (address) DO UPDATE SET messages = messages + 1, updated_at = excluded.updated_at`)
  const outbox = database.prepare("INSERT INTO outbox (address, state, at, said) VALUES (?, 'sent', ?, ?)")
  return database.transaction((said) => {
    const now = Date.now()
    message.run(said.FromUserName, said.MsgId, now, said.Content)
    conversation.run(said.FromUserName, now)
    outbox.run(said.FromUserName, now, answer)
  })
}

const keep = process.argv.length > 2 ? memory(process.argv[2]) : () => {}
const app = express()
app.disable('x-powered-by')
app.use(
  '/hooks/oa',
  wechat(
    { token: 'platform-token', appid: 'wx0123456789abcdef', encodingAESKey: 'A'.repeat(43) },
    (request, response) => {
      keep(request.weixin)
      response.reply(answer)
    }
  )
)
const server = app.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
