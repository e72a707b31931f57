package stanchzap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/stanch/stanch"
	"github.com/stanch/stanch/detectors"
)

func redactor(t testing.TB) *stanch.Redactor {
	t.Helper()
	r, err := stanch.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type user struct{ name, token string }

func (u user) MarshalLogObject(e zapcore.ObjectEncoder) error {
	e.AddString("name", u.name)
	e.AddString("token", u.token)
	return e.AddObject("inner", zapcore.ObjectMarshalerFunc(func(e zapcore.ObjectEncoder) error {
		e.AddByteString("note", []byte("see "+u.token))
		return nil
	}))
}

type users []user

func (us users) MarshalLogArray(e zapcore.ArrayEncoder) error {
	for _, u := range us {
		if err := e.AppendObject(u); err != nil {
			return err
		}
	}
	return nil
}

// wrapped prints more with %+v than Error says.
type wrapped struct{ secret string }

func (w wrapped) Error() string { return "failed" }
func (w wrapped) Format(s fmt.State, verb rune) {
	fmt.Fprint(s, "failed")
	if s.Flag('+') {
		fmt.Fprint(s, " with ", w.secret)
	}
}

// TestCore puts a secret wherever an entry can have one.
func TestCore(t *testing.T) {
	secret, _, _, err := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 4)
	if err != nil {
		t.Fatal(err)
	}
	r := redactor(t)
	for _, c := range []struct {
		name string
		log  func(*zap.Logger)
	}{
		{"message", func(l *zap.Logger) { l.Info("got " + secret) }},
		{"logger", func(l *zap.Logger) { l.Named("for-" + secret).Info("m") }},
		{"string", func(l *zap.Logger) { l.Info("m", zap.String("k", secret)) }},
		{"strings", func(l *zap.Logger) { l.Info("m", zap.Strings("k", []string{"a", secret})) }},
		{"name", func(l *zap.Logger) { l.Info("m", zap.String("password", "hu-nter-2-42")) }},
		{"pin", func(l *zap.Logger) { l.Info("m", zap.Int("pin", 4711)) }},
		{"key", func(l *zap.Logger) { l.Info("m", zap.Bool("k-"+secret, true)) }},
		{"error", func(l *zap.Logger) { l.Info("m", zap.Error(fmt.Errorf("with %s", secret))) }},
		{"errors", func(l *zap.Logger) { l.Info("m", zap.Error(errors.Join(errors.New("a"), errors.New(secret)))) }},
		{"verbose error", func(l *zap.Logger) { l.Error("m "+secret, zap.Error(wrapped{secret})) }},
		{"bytes", func(l *zap.Logger) { l.Info("m", zap.ByteString("b", []byte(secret)), zap.Binary("c", []byte(secret))) }},
		{"any", func(l *zap.Logger) {
			l.Info("m", zap.Any("h", map[string][]string{"Authorization": {"Bearer " + secret}}))
		}},
		{"reflect", func(l *zap.Logger) {
			l.Info("m", zap.Reflect("s", struct{ A, Token string }{"x", secret}))
		}},
		{"object", func(l *zap.Logger) { l.Info("m", zap.Object("u", user{"bob", secret})) }},
		{"array", func(l *zap.Logger) { l.Info("m", zap.Array("u", users{{"a", "b"}, {"bob", secret}})) }},
		{"inline", func(l *zap.Logger) { l.Info("m", zap.Inline(user{"bob", secret})) }},
		{"dict", func(l *zap.Logger) { l.Info("m", zap.Dict("d", zap.String("x", secret))) }},
		{"stringer", func(l *zap.Logger) { l.Info("m", zap.Stringer("s", bytes.NewBufferString(secret))) }},
		{"with", func(l *zap.Logger) { l.With(zap.String("k", secret)).Info("m", zap.Namespace("n"), zap.Int("i", 1)) }},
	} {
		for format, encoder := range map[string]func(zapcore.EncoderConfig) zapcore.Encoder{"json": zapcore.NewJSONEncoder, "console": zapcore.NewConsoleEncoder} {
			var out bytes.Buffer
			c.log(zap.New(NewCore(zapcore.NewCore(encoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&out), zap.DebugLevel), r), zap.AddStacktrace(zap.ErrorLevel)))
			for _, s := range []string{secret, "hu-nter", "4711"} {
				if strings.Contains(out.String(), s) {
					t.Errorf("%s, %s: %s", c.name, format, out.String())
				}
			}
			if !strings.Contains(out.String(), "REDACTED-") {
				t.Errorf("%s, %s: no marker in %s", c.name, format, out.String())
			}
			if format == "json" && !json.Valid(out.Bytes()) {
				t.Errorf("%s: not JSON: %s", c.name, out.String())
			}
		}
	}
}

// TestClean: what has no secret is logged as without the core.
func TestClean(t *testing.T) {
	var out [2]bytes.Buffer
	config := zap.NewProductionEncoderConfig()
	config.TimeKey = ""
	for i := range out {
		core := zapcore.NewCore(zapcore.NewJSONEncoder(config), zapcore.AddSync(&out[i]), zap.InfoLevel)
		if i == 1 {
			core = Wrap(redactor(t))(core)
		}
		l := zap.New(core).With(zap.String("service", "api"))
		l.Debug("below the level")
		l.Info("all is well", zap.Int("n", -1), zap.Float64("f", 1.5), zap.Object("u", user{"bob", ""}), zap.Error(nil), zap.Error(errors.New("none")),
			zap.Namespace("n"), zap.Any("list", []int{1, 2}), zap.Stringp("nil", nil), zap.Inline(user{"eve", ""}))
		l.Sync()
	}
	if out[0].String() != out[1].String() {
		t.Errorf("got\n%swant\n%s", out[1].String(), out[0].String())
	}
}

func BenchmarkCall(b *testing.B) {
	for _, name := range []string{"bare", "stanch"} {
		core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(discard{}), zap.InfoLevel)
		if name == "stanch" {
			core = NewCore(core, redactor(b))
		}
		l := zap.New(core)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Info("request served", zap.String("method", "GET"), zap.String("path", "/v1/orders/4711"), zap.Int("status", 200), zap.String("request_id", "a5b1c9"))
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
