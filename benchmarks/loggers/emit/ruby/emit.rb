# Logs the events of a plan with Ruby's logger. The lines of Rails are made the
# way Rails makes them, without Rails.
#
# usage: ruby emit.rb PLAN DIRECTORY
require 'json'
require 'logger'
require 'ostruct'
require 'pp'
require 'stringio'

def identifier(name)
  name = name.gsub(/\W/, '_')
  name =~ /\A[A-Za-z]/ ? name : "f_#{name}"
end

def instance(type, fields)
  kind = Object.const_defined?(type) ? Object.const_get(type) : Object.const_set(type, Class.new)
  o = kind.new
  fields.each { |k, v| o.instance_variable_set("@#{identifier(k)}", v.is_a?(Hash) ? instance('Options', v) : v) }
  o
end

def dump(d)
  fields = d['fields']
  case d['style'] % 8
  when 0, 1 then fields.inspect
  when 2 then instance(d['type'], fields).inspect
  when 3
    names = fields.keys.map { |k| identifier(k[0].downcase + k[1..]).to_sym }.uniq
    Struct.new("#{d['type']}#{d['style']}", *names).new(*fields.values.first(names.size)).inspect
  when 4 then OpenStruct.new(fields.transform_keys { |k| identifier(k) }).inspect
  when 5 then fields.transform_keys(&:to_sym).inspect
  when 6 then PP.pp(fields, +'', 60)
  else JSON.generate(fields)
  end
end

def fault(e)
  kind = Object.const_defined?(e['type']) ? Object.const_get(e['type']) : Object.const_set(e['type'], Class.new(StandardError))
  kind = Class.new(StandardError) unless kind <= Exception
  message = e['msg']
  message += " (options: #{e['where'].inspect})" if e['where']
  raise kind, message
rescue StandardError => err
  err
end

LEVELS = { 'debug' => 0, 'info' => 1, 'warn' => 2, 'error' => 3 }.freeze

def logger(out, &formatter)
  log = Logger.new(out)
  log.formatter = formatter if formatter
  log
end

plan, directory = ARGV
out = StringIO.new
plain = logger(out)
bare = logger(out) { |_severity, _time, _program, message| "#{message}\n" }
json = logger(out) { |severity, time, _program, m| JSON.generate({ level: severity, time: time.utc.strftime('%FT%T.%LZ') }.merge(m)) + "\n" }

loggers = {
  'ruby-logger' => lambda { |ev, msg, fields, err|
    plain.add(LEVELS[ev['level']], fields.empty? ? msg : "#{msg} #{fields.inspect}", 'app')
    plain.error(err) if err
  },
  'ruby-json' => lambda { |ev, msg, fields, err|
    fields = fields.merge('error' => { 'class' => err.class.name, 'message' => err.message, 'backtrace' => err.backtrace }) if err
    json.add(LEVELS[ev['level']], { 'message' => msg }.merge(fields))
  },
  'rails-like' => lambda { |ev, msg, fields, err|
    bare.info(%(Started POST "/v1/orders/#{ev['id']}" for 10.0.0.9 at 2026-01-14 10:11:12 +0000))
    bare.info('Processing by OrdersController#create as JSON')
    bare.info("  Parameters: #{fields.inspect}") unless fields.empty?
    bare.add(LEVELS[ev['level']], msg)
    bare.info('Completed 200 OK in 12ms (Views: 0.2ms | ActiveRecord: 3.1ms | Allocations: 4021)')
    bare.error("\n#{err.class} (#{err.message}):\n\n#{err.backtrace.join("\n")}") if err
  },
  'lograge-like' => lambda { |ev, msg, fields, err|
    line = "method=POST path=/v1/orders format=json controller=OrdersController action=create status=200 duration=12.31 message=#{msg.inspect}"
    fields.each { |k, v| line << " #{k}=#{v.is_a?(String) && v !~ /\A[\w\/.:-]+\z/ ? v.inspect : v}" }
    line << " error='#{err.class}: #{err.message}'" if err
    bare.add(LEVELS[ev['level']], line)
  }
}

files = loggers.to_h { |name, _| [name, File.open("#{directory}/#{name}.jsonl", 'w')] }
File.foreach(plan) do |line|
  ev = JSON.parse(line)
  msg = ev['msg'] + (ev['dump'] ? dump(ev['dump']) : '')
  err = ev['error'] && fault(ev['error'])
  loggers.each do |name, log|
    out.truncate(0)
    out.rewind
    log.call(ev, msg, ev['fields'] || {}, err)
    files[name].puts(JSON.generate({ event: ev['id'], text: out.string.dup.force_encoding('UTF-8') }))
  end
end
files.each_value(&:close)
