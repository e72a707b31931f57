// Command golang logs the events of a plan with the loggers of Go.
//
//	golang PLAN DIRECTORY
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"unicode"

	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

type event struct {
	ID      int            `json:"id"`
	Level   string         `json:"level"`
	Message string         `json:"msg"`
	Fields  map[string]any `json:"fields"`
	Dump    *struct {
		Type   string         `json:"type"`
		Fields map[string]any `json:"fields"`
		Style  int            `json:"style"`
	} `json:"dump"`
	Error *struct {
		Type    string         `json:"type"`
		Message string         `json:"msg"`
		Where   map[string]any `json:"where"`
	} `json:"error"`
}

func (ev *event) names() []string {
	var l []string
	for n := range ev.Fields {
		l = append(l, n)
	}
	sort.Strings(l)
	return l
}

// A logger writes one event into the buffer it was made with.
type logger struct {
	name  string
	write func(ev *event, err error)
	out   *bytes.Buffer
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: golang PLAN DIRECTORY")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(plan, directory string) error {
	in, err := os.Open(plan)
	if err != nil {
		return err
	}
	defer in.Close()
	loggers := all()
	outs := make([]*bufio.Writer, len(loggers))
	for i, l := range loggers {
		f, err := os.Create(filepath.Join(directory, l.name+".jsonl"))
		if err != nil {
			return err
		}
		defer f.Close()
		outs[i] = bufio.NewWriter(f)
	}
	d := json.NewDecoder(in)
	for {
		var ev event
		if err := d.Decode(&ev); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if ev.Dump != nil {
			ev.Message += show(ev.Dump.Fields, ev.Dump.Style)
		}
		var fault error
		if ev.Error != nil {
			fault = errors.New(ev.Error.Message)
			if ev.Error.Where != nil {
				fault = fmt.Errorf("open session %+v: %w", object(ev.Error.Where), fault)
			}
		}
		for i, l := range loggers {
			l.write(&ev, fault)
			b, err := json.Marshal(map[string]any{"event": ev.ID, "text": l.out.String()})
			if err != nil {
				return err
			}
			l.out.Reset()
			outs[i].Write(append(b, '\n'))
		}
	}
	for _, o := range outs {
		if err := o.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func all() []logger {
	var l []logger
	add := func(name string, make func(out *bytes.Buffer) func(*event, error)) {
		out := new(bytes.Buffer)
		l = append(l, logger{name, make(out), out})
	}
	add("zap-json", func(out *bytes.Buffer) func(*event, error) {
		return zapWrite(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), out)
	})
	add("zap-console", func(out *bytes.Buffer) func(*event, error) {
		return zapWrite(zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig()), out)
	})
	add("zerolog-json", func(out *bytes.Buffer) func(*event, error) {
		return zeroWrite(zerolog.New(out))
	})
	add("zerolog-console", func(out *bytes.Buffer) func(*event, error) {
		return zeroWrite(zerolog.New(zerolog.ConsoleWriter{Out: out}))
	})
	add("logrus-text", func(out *bytes.Buffer) func(*event, error) {
		return logrusWrite(&logrus.TextFormatter{DisableColors: true}, out)
	})
	add("logrus-json", func(out *bytes.Buffer) func(*event, error) {
		return logrusWrite(&logrus.JSONFormatter{}, out)
	})
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	add("slog-text", func(out *bytes.Buffer) func(*event, error) {
		return slogWrite(slog.NewTextHandler(out, options))
	})
	add("slog-json", func(out *bytes.Buffer) func(*event, error) {
		return slogWrite(slog.NewJSONHandler(out, options))
	})
	add("go-log", func(out *bytes.Buffer) func(*event, error) {
		lg := log.New(out, "app: ", log.LstdFlags|log.Lshortfile)
		return func(ev *event, err error) {
			args := []any{ev.Message}
			for _, n := range ev.names() {
				args = append(args, fmt.Sprintf("%s=%v", n, ev.Fields[n]))
			}
			if err != nil {
				args = append(args, "error:", err)
			}
			lg.Println(args...)
		}
	})
	return l
}

func zapWrite(enc zapcore.Encoder, out io.Writer) func(*event, error) {
	lg := zap.New(zapcore.NewCore(enc, zapcore.AddSync(out), zap.DebugLevel))
	return func(ev *event, err error) {
		var f []zap.Field
		for _, n := range ev.names() {
			f = append(f, zap.Any(n, ev.Fields[n]))
		}
		if err != nil {
			f = append(f, zap.Error(err))
		}
		level, _ := zapcore.ParseLevel(ev.Level)
		lg.Log(level, ev.Message, f...)
	}
}

func zeroWrite(lg zerolog.Logger) func(*event, error) {
	lg = lg.With().Timestamp().Logger()
	return func(ev *event, err error) {
		level, _ := zerolog.ParseLevel(ev.Level)
		e := lg.WithLevel(level)
		for _, n := range ev.names() {
			e = e.Interface(n, ev.Fields[n])
		}
		e.Err(err).Msg(ev.Message)
	}
}

func logrusWrite(f logrus.Formatter, out io.Writer) func(*event, error) {
	lg := logrus.New()
	lg.SetOutput(out)
	lg.SetLevel(logrus.DebugLevel)
	lg.SetFormatter(f)
	return func(ev *event, err error) {
		e := lg.WithFields(ev.Fields)
		if err != nil {
			e = e.WithError(err)
		}
		level, _ := logrus.ParseLevel(ev.Level)
		e.Log(level, ev.Message)
	}
}

func slogWrite(h slog.Handler) func(*event, error) {
	lg := slog.New(h)
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	return func(ev *event, err error) {
		var args []any
		for _, n := range ev.names() {
			if m, ok := ev.Fields[n].(map[string]any); ok && ev.ID%2 == 0 {
				args = append(args, group(n, m))
				continue
			}
			args = append(args, slog.Any(n, ev.Fields[n]))
		}
		if err != nil {
			args = append(args, slog.Any("error", err))
		}
		lg.Log(nil, levels[ev.Level], ev.Message, args...)
	}
}

func group(name string, m map[string]any) slog.Attr {
	ev := event{Fields: m}
	var args []any
	for _, n := range ev.names() {
		if inner, ok := m[n].(map[string]any); ok {
			args = append(args, group(n, inner))
			continue
		}
		args = append(args, slog.Any(n, m[n]))
	}
	return slog.Group(name, args...)
}

func show(fields map[string]any, style int) string {
	switch style % 8 {
	case 0, 1, 2:
		return fmt.Sprintf("%+v", object(fields))
	case 3:
		return fmt.Sprintf("%#v", object(fields))
	case 4:
		return fmt.Sprintf("%v", fields)
	case 5:
		return fmt.Sprintf("%#v", fields)
	case 6:
		b, _ := json.MarshalIndent(fields, "", "  ")
		return string(b)
	default:
		b, _ := json.Marshal(fields)
		return string(b)
	}
}

// object makes a struct of a map, with names as Go writes them.
func object(m map[string]any) any {
	ev := event{Fields: m}
	var fields []reflect.StructField
	var vals []any
	seen := map[string]bool{}
	for _, n := range ev.names() {
		name := exported(n)
		if seen[name] {
			continue
		}
		seen[name] = true
		v := m[n]
		if inner, ok := v.(map[string]any); ok {
			v = object(inner)
		}
		t := reflect.TypeOf(v)
		if t == nil {
			t = reflect.TypeFor[any]()
		}
		fields = append(fields, reflect.StructField{Name: name, Type: t})
		vals = append(vals, v)
	}
	s := reflect.New(reflect.StructOf(fields)).Elem()
	for i, v := range vals {
		if v != nil {
			s.Field(i).Set(reflect.ValueOf(v))
		}
	}
	return s.Interface()
}

func exported(s string) string {
	var b strings.Builder
	up := true
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			up = true
			continue
		}
		if up && b.Len() == 0 && unicode.IsDigit(r) {
			b.WriteByte('N')
		}
		if up {
			r = unicode.ToUpper(r)
			up = false
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "X"
	}
	return b.String()
}
