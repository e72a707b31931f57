package redactionprocessor

import "strings"

// redisCommand is a line of a Redis client: a command and its arguments.
type redisCommand struct {
	name      string
	arguments []string
}

// hideRedis replaces what commands write or ask for, and keeps the keys and options
// that say what they did. Which arguments those are is in the documents of the
// commands (redis.io/commands). Commands of no rule are kept as they are.
func hideRedis(query, _ string) string {
	var out strings.Builder
	for i, c := range redisCommands(strings.TrimSpace(query)) {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(c.name)
		if len(c.arguments) > 0 {
			out.WriteByte(' ')
			out.WriteString(strings.Join(c.hidden(), " "))
		}
	}
	return out.String()
}

// hidden returns the arguments as they may be shown.
func (c *redisCommand) hidden() []string {
	a := c.arguments
	at := func(i int) {
		if i < len(a) {
			a[i] = "?"
		}
	}
	rest := func(i int) {
		if i < len(a) {
			a[i] = "?"
			a = a[:i+1]
		}
	}
	every := func(start, step int) {
		for i := start + step - 1; i < len(a); i += step {
			a[i] = "?"
		}
	}
	switch strings.ToUpper(c.name) {
	case "AUTH":
		rest(0)
	case "APPEND", "GETSET", "LPUSHX", "RPUSHX", "GEORADIUSBYMEMBER", "SET", "SETNX", "SISMEMBER", "ZRANK", "ZREVRANK", "ZSCORE":
		at(1)
	case "HSETNX", "LREM", "LSET", "SETBIT", "SETEX", "PSETEX", "SETRANGE", "ZINCRBY", "SMOVE", "RESTORE":
		at(2)
	case "LINSERT":
		at(3)
	case "GEOHASH", "GEOPOS", "GEODIST", "LPUSH", "RPUSH", "SREM", "ZREM", "SADD":
		rest(1)
	case "GEOADD":
		every(1, 3)
	case "HSET", "HMSET":
		every(1, 2)
	case "MSET", "MSETNX":
		every(0, 2)
	case "CONFIG":
		if strings.EqualFold(a[0], "SET") {
			at(2)
		}
	case "BITFIELD":
		set := 0
		for i := range a {
			if strings.EqualFold(a[i], "SET") {
				set = i
			}
			if set > 0 && i == set+3 {
				at(i)
				break
			}
		}
	case "ZADD":
		i := 1
		for i < len(a) && (a[i] == "NX" || a[i] == "XX" || a[i] == "CH" || a[i] == "INCR") {
			i++
		}
		every(min(i, len(a)-1), 2)
	}
	return a
}

// redisCommands takes commands apart: one on each line, arguments at blanks and line
// feeds that stand in no double quotes.
func redisCommands(text string) (list []redisCommand) {
	for i := 0; ; {
		for i < len(text) && text[i] == ' ' {
			i = afterBlanks(text, i)
		}
		end := i
		for end < len(text) && text[end] != ' ' && text[end] != '\n' {
			end++
		}
		c := redisCommand{name: text[i:end]}
		i = end
		for i < len(text) && text[i] == ' ' {
			if i = afterBlanks(text, i); i == len(text) || text[i] == '\n' {
				break
			}
			end = argumentEnd(text, i)
			c.arguments = append(c.arguments, text[i:end])
			i = end
		}
		if c.name != "" || i == len(text) {
			list = append(list, c)
		}
		if i == len(text) {
			return list
		}
		i++ // the line feed
	}
}

func afterBlanks(text string, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}

// argumentEnd returns where the argument that begins at i ends.
func argumentEnd(text string, i int) int {
	quoted := false
	for ; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++ // whatever it is, it neither opens nor closes a quote
		case '"':
			quoted = !quoted
		case ' ', '\n':
			if !quoted {
				return i
			}
		}
	}
	return min(i, len(text))
}
