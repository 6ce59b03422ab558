# redis-rb: scripts, publish and subscribe, transactions, streams, scans.

require_relative 'common'

def redis
  @redis ||= Redis.new(port: PORT, reconnect_attempts: 0)
end

COMPARE_AND_DELETE = <<~LUA.freeze
  if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
  return 0
LUA

def scripts
  equal(redis.set('lock', 'mine', nx: true, ex: 100), true)
  equal(redis.set('lock', 'other', nx: true, ex: 100), false)
  equal(redis.eval(COMPARE_AND_DELETE, keys: ['lock'], argv: ['other']), 0)
  sha = redis.script(:load, COMPARE_AND_DELETE)
  equal(redis.evalsha(sha, ['lock'], ['mine']), 1)
  equal(redis.script(:exists, [sha, 'f' * 40]), [true, false])
  begin
    redis.evalsha('f' * 40)
    raise 'an unknown script was run'
  rescue Redis::CommandError => e
    equal(e.message.start_with?('NOSCRIPT'), true)
  end
end

def channels
  heard = []
  listener = Redis.new(port: PORT)
  listener.subscribe('news', 'end') do |on|
    on.subscribe { |channel, _| redis.publish('news', 'hello') if channel == 'end' }
    on.message do |channel, text|
      heard << [channel, text]
      redis.publish('end', 'now') if channel == 'news'
      listener.unsubscribe if channel == 'end'
    end
  end
  equal(heard, [%w[news hello], %w[end now]])
end

def use
  scripts
  channels
  equal(redis.multi { |m| m.incr('n'); m.incr('n') }, [1, 2])
  redis.watch('n') { redis.set('n', 7); equal(redis.multi { |m| m.incr('n') }, nil) }
  redis.pipelined { |p| 100.times { |n| p.zadd('board', n, "player #{n}") } }
  equal(redis.zrevrange('board', 0, 1, with_scores: true), [['player 99', 99.0], ['player 98', 98.0]])
  equal(redis.zscan_each('board', count: 7).to_a.size, 100)
  redis.xgroup(:create, 'stream', 'group', '$', mkstream: true)
  id = redis.xadd('stream', { 'a' => '1' })
  equal(redis.xreadgroup('group', 'one', 'stream', '>'), { 'stream' => [[id, { 'a' => '1' }]] })
  equal(redis.xack('stream', 'group', id), 1)
  equal(redis.blpop('nothing', timeout: 0.05), nil)
end

perform(
  'use' => -> { use; nil },
  'write' => lambda {
    write { |number| redis.hset('entries', number, "text #{number}") }
    nil
  },
  'found' => -> { redis.hgetall('entries').select { |n, text| text == "text #{n}" }.keys.map(&:to_i) }
)
