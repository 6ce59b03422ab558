# Sidekiq: jobs, retries by its scheduled set, the dead set, worked by `sidekiq`.

require_relative 'common'
require 'sidekiq'
require 'sidekiq/api'

URL = "redis://127.0.0.1:#{PORT}/0"
Sidekiq.configure_client { |config| config.redis = { url: URL } }
Sidekiq.configure_server do |config|
  config.redis = { url: URL }
  # How often it looks for jobs to be tried again, and when first.
  Sidekiq.options[:poll_interval_average] = 0.2
end

class Square
  include Sidekiq::Worker
  sidekiq_options queue: 'jobs', retry: 2
  sidekiq_retry_in { 0 }

  def perform(number)
    result = work(number)
    Sidekiq.redis { |connection| connection.hset('results', number, result) }
  end
end

def outcome
  # Sidekiq would wait for seconds that it draws; an operator asks for the next try at once.
  Sidekiq::RetrySet.new.each(&:add_to_queue)
  numbers = ->(set) { set.map { |job| job.args.first } }
  results = Sidekiq.redis { |connection| connection.hgetall('results') }
  {
    'results' => results.transform_values(&:to_i),
    'failed' => numbers.call(Sidekiq::DeadSet.new),
    'held' => numbers.call(Sidekiq::Queue.new('jobs')) + numbers.call(Sidekiq::RetrySet.new)
  }
end

if $PROGRAM_NAME == __FILE__
  perform(
    'produce' => lambda { |first, last|
      produce(first, last) { |number| Square.perform_async(number) }
      nil
    },
    'work' => lambda {
      exec('sidekiq', '--require', __FILE__, '--queue', 'jobs', '--concurrency', '1', '--timeout', '1')
    },
    'outcome' => -> { outcome }
  )
end
