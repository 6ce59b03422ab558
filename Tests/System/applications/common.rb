# What the Ruby programs share; see common.py.

require 'json'
require 'redis'

PORT = Integer(ENV.fetch('PORT'))
NOTES = ENV.fetch('NOTES')

def note(word, value)
  File.open(NOTES, File::WRONLY | File::APPEND | File::CREAT) { |file| file.syswrite("#{word} #{value}\n") }
end

def noted(word)
  rows = File.readlines(NOTES, chomp: true).map { |line| line.split(' ', 2) }
  rows.select { |name, _| name == word }.map(&:last)
end

def accepted
  noted('accepted').map(&:to_i).uniq.sort
end

# Repeats a block while the server is away; what it returns was promised by the server.
def patiently
  deadline = Time.now + 60
  begin
    yield
  rescue Redis::BaseConnectionError, Redis::CommandError => e
    away = !e.is_a?(Redis::CommandError) || e.message.start_with?('LOADING')
    raise if !away || Time.now > deadline
    sleep 0.02
    retry
  end
end

# Enqueues the jobs numbered from `first` to before `last`, and notes each that was accepted.
def produce(first, last)
  (first.to_i...last.to_i).each do |number|
    patiently { yield number }
    note('accepted', number)
    sleep 0.01
  end
end

# Stores entries numbered from 0 until it is told to end, and notes each that was accepted.
def write
  number = 0
  until File.exist?("#{NOTES}.end")
    patiently { yield number }
    note('accepted', number)
    number += 1
    sleep 0.002
  end
end

# The work of a job: to be noted, and to fail where it is meant to.
def work(number)
  tries = noted('tried').count(number.to_s)
  note('tried', number)
  raise "job #{number}" if number % 10 == 7 || (number % 10 == 3 && tries.zero?)
  note('done', number)
  number * number
end

def equal(got, expected)
  raise "expected #{expected.inspect}, got #{got.inspect}" unless got == expected
end

def perform(roles)
  found = roles.fetch(ARGV[0]).call(*ARGV[1..])
  puts JSON.generate(found) unless found.nil?
end
