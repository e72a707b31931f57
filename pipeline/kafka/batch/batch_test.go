package batch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

var codecs = []Codec{None, Gzip, Snappy, LZ4, Zstd}

// record is a Record as a test states it.
type record struct {
	Time, Offset int64
	Key, Value   []byte
	Headers      []Header
}

// records makes n records with every mixture of null, empty and long fields.
func records(seed uint64, n int) []record {
	rng := rand.New(rand.NewPCG(seed, 7))
	field := func() []byte {
		switch rng.IntN(6) {
		case 0:
			return nil
		case 1:
			return []byte{}
		case 2:
			return bytes.Repeat([]byte{byte(rng.IntN(256))}, rng.IntN(3000))
		default:
			return fmt.Appendf(nil, "host-%d GET /orders/%d", rng.IntN(9), rng.Uint32())
		}
	}
	out := make([]record, n)
	for i := range out {
		out[i] = record{Time: 1_700_000_000_000 + rng.Int64N(5000) - 2500, Offset: int64(i), Key: field(), Value: field()}
		for range rng.IntN(4) {
			out[i].Headers = append(out[i].Headers, Header{fmt.Appendf([]byte{}, "h%d", rng.IntN(3)), field()})
		}
	}
	return out
}

func build(t testing.TB, recs []record, c Codec) []byte {
	t.Helper()
	var b Builder
	for _, r := range recs {
		b.Append(&Record{Timestamp: r.Time}, r.Key, r.Value, AppendHeaders(nil, r.Headers))
	}
	raw, err := b.Finish(nil, new(Encoder), c)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func read(raw []byte, limit int) (b Batch, recs []record, err error) {
	b, rest, err := Next(raw)
	if err != nil {
		return b, nil, err
	}
	if len(rest) != 0 {
		return b, nil, errTrailing
	}
	p, err := NewDecoder(limit).Records(&b)
	if err != nil {
		return b, nil, err
	}
	r := NewReader(&b, p)
	var rec Record
	for r.Next(&rec) {
		x := record{rec.Timestamp, rec.Offset, bytes.Clone(rec.Key), bytes.Clone(rec.Value), nil}
		rec.Headers.All(func(h Header) bool {
			x.Headers = append(x.Headers, Header{bytes.Clone(h.Key), bytes.Clone(h.Value)})
			return true
		})
		recs = append(recs, x)
	}
	return b, recs, r.Err()
}

const limit = 16 << 20

func TestRoundTrip(t *testing.T) {
	for _, c := range codecs {
		for _, n := range []int{1, 2, 100} {
			t.Run(fmt.Sprintf("%v/%d", c, n), func(t *testing.T) {
				want := records(uint64(n), n)
				b, got, err := read(build(t, want, c), limit)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Error(d)
				}
				if !b.Dense() || b.Attributes.Codec() != c || b.NextOffset() != int64(n) || b.ProducerID != -1 {
					t.Errorf("header %+v", b)
				}
				var again Builder
				p, err := NewDecoder(limit).Records(&b)
				if err != nil {
					t.Fatal(err)
				}
				r := NewReader(&b, p)
				var rec Record
				for r.Next(&rec) {
					again.Copy(&rec)
				}
				raw, err := again.Finish(nil, new(Encoder), c)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(raw, b.Raw) {
					t.Error("a copied batch differs")
				}
			})
		}
	}
}

// Another's code reads what we write.
func TestAgainstFranzReads(t *testing.T) {
	for _, c := range codecs {
		want := records(5, 200)
		raw := build(t, want, c)
		var kb kmsg.RecordBatch
		if err := kb.ReadFrom(raw); err != nil {
			t.Fatal(err)
		}
		if got := int32(crc32.Checksum(raw[21:], castagnoli)); got != kb.CRC {
			t.Errorf("%v: crc %x, want %x", c, kb.CRC, got)
		}
		p, err := kgo.DefaultDecompressor().Decompress(kb.Records, kgo.CompressionCodecType(kb.Attributes&7))
		if err != nil {
			t.Fatalf("%v: %v", c, err)
		}
		var got []record
		for len(p) > 0 {
			var kr kmsg.Record
			n, w := binary.Varint(p)
			if err := kr.ReadFrom(p[:int(n)+w]); err != nil {
				t.Fatal(err)
			}
			p = p[int(n)+w:]
			r := record{kb.FirstTimestamp + kr.TimestampDelta64, kb.FirstOffset + int64(kr.OffsetDelta), kr.Key, kr.Value, nil}
			for _, h := range kr.Headers {
				r.Headers = append(r.Headers, Header{[]byte(h.Key), h.Value})
			}
			got = append(got, r)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%v: %s", c, d)
		}
	}
}

// We read what another's code writes, with gaps between the offsets.
func TestAgainstFranzWrites(t *testing.T) {
	for _, c := range codecs {
		want := records(9, 200)
		var p []byte
		for i := range want {
			want[i].Offset = 1000 + 3*int64(i)
			kr := kmsg.Record{TimestampDelta64: want[i].Time - want[0].Time, OffsetDelta: int32(3 * i), Key: want[i].Key, Value: want[i].Value}
			for _, h := range want[i].Headers {
				kr.Headers = append(kr.Headers, kmsg.Header{Key: string(h.Key), Value: h.Value})
			}
			body := kr.AppendTo(nil)[1:] // a length of 0 is one byte
			p = binary.AppendVarint(p, int64(len(body)))
			p = append(p, body...)
		}
		if c != None {
			comp, err := kgo.DefaultCompressor(map[Codec]kgo.CompressionCodec{Gzip: kgo.GzipCompression(), Snappy: kgo.SnappyCompression(),
				LZ4: kgo.Lz4Compression(), Zstd: kgo.ZstdCompression()}[c])
			if err != nil {
				t.Fatal(err)
			}
			var buf bytes.Buffer
			p, _ = comp.Compress(&buf, p)
		}
		kb := kmsg.RecordBatch{FirstOffset: 1000, Magic: 2, Attributes: int16(c), LastOffsetDelta: 3 * 199, FirstTimestamp: want[0].Time,
			ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1, NumRecords: 200, Records: p}
		raw := kb.AppendTo(nil)
		raw = fix(raw)
		b, got, err := read(raw, limit)
		if err != nil {
			t.Fatalf("%v: %v", c, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%v: %s", c, d)
		}
		if b.Dense() || b.NextOffset() != 1000+3*199+1 {
			t.Errorf("%v: %+v", c, b)
		}
	}
}

// fix sets length and checksum of a batch that was made by hand.
func fix(raw []byte) []byte {
	binary.BigEndian.PutUint32(raw[atLength:], uint32(len(raw)-atLeaderEpoch))
	binary.BigEndian.PutUint32(raw[atCRC:], crc32.Checksum(raw[atAttributes:], castagnoli))
	return raw
}

func TestLogAppendTime(t *testing.T) {
	raw := build(t, records(1, 3), None)
	raw[atAttributes+1] |= byte(logAppendTime)
	binary.BigEndian.PutUint64(raw[atMaxTime:], 4711)
	_, got, err := read(fix(raw), limit)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got {
		if r.Time != 4711 {
			t.Errorf("time %d", r.Time)
		}
	}
}

func TestStamp(t *testing.T) {
	want := records(2, 5)
	raw := build(t, want, Zstd)
	binary.BigEndian.PutUint64(raw, 99)
	Stamp(raw, Producer{ID: 7, Epoch: 3, Sequence: 40, Transactional: true})
	b, got, err := read(raw, limit)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !b.Attributes.Transactional() || b.ProducerID != 7 || b.ProducerEpoch != 3 || b.BaseSequence != 40 || b.BaseOffset != 0 {
		t.Errorf("%+v", b)
	}
	Stamp(raw, Anonymous)
	if b, _, err = Next(raw); err != nil || b.Attributes.Transactional() || b.ProducerID != -1 {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestMarker(t *testing.T) {
	for _, want := range []Marker{Abort, Commit} {
		raw := build(t, []record{{Key: []byte{0, 0, 0, byte(want)}, Value: []byte{0, 0, 0, 0, 0, 0}}}, None)
		raw[atAttributes+1] |= byte(control | transactional)
		b, _, err := Next(fix(raw))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := b.Marker(); err != nil || got != want {
			t.Errorf("%v, %v", got, err)
		}
	}
	raw := build(t, []record{{Key: []byte{0}}}, None)
	raw[atAttributes+1] |= byte(control)
	b, _, _ := Next(fix(raw))
	if _, err := b.Marker(); err == nil {
		t.Error("a short key was taken")
	}
}

func TestEmptyBatch(t *testing.T) {
	raw := make([]byte, HeaderSize)
	raw[atMagic] = 2
	binary.BigEndian.PutUint64(raw, 100)
	binary.BigEndian.PutUint32(raw[atLastDelta:], 9)
	b, got, err := read(fix(raw), limit)
	if err != nil || len(got) != 0 || b.NextOffset() != 110 || b.Dense() {
		t.Errorf("%+v, %v, %v", b, got, err)
	}
}

func TestRefused(t *testing.T) {
	good := build(t, records(3, 4), None)
	change := func(at int, v ...byte) []byte {
		raw := bytes.Clone(good)
		copy(raw[at:], v)
		return fix(raw)
	}
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"old version", change(atMagic, 1), "version 1"},
		{"old version, short", good[:0:0], "cut off"},
		{"negative count", change(atCount, 0xff), "impossible"},
		{"too many", change(atCount, 0, 0, 0, 5), "varint"},
		{"a great many", change(atCount, 0x7f), "impossible"},
		{"too few", change(atCount, 0, 0, 0, 3), "behind the last"},
		{"offset beyond the last", change(atLastDelta, 0, 0, 0, 1), "out of order"},
		{"negative offset", change(0, 0xff), "impossible"},
		{"offsets overflow", change(0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "impossible"},
		{"unknown codec", change(atAttributes, 0, 7), "unknown codec"},
		{"no gzip", change(atAttributes, 0, byte(Gzip)), "gzip"},
		{"no zstd", change(atAttributes, 0, byte(Zstd)), "zstd"},
		{"no lz4", change(atAttributes, 0, byte(LZ4)), "lz4"},
		{"huge record", change(HeaderSize, 0xfe, 0xff, 0xff, 0xff, 0x0f), "beyond the end"},
		{"endless varint", change(HeaderSize, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "varint"},
	} {
		if _, _, err := read(c.raw, limit); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for i := range good {
		if _, _, err := Next(good[:i]); !errors.Is(err, ErrPartial) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	for i := atCRC; i < len(good); i++ {
		raw := bytes.Clone(good)
		raw[i] ^= 4
		if _, _, err := Next(raw); !errors.Is(err, ErrCRC) {
			t.Fatalf("flipped bit at %d: %v", i, err)
		}
	}
}

// A megabyte that decodes to many is refused at the limit.
func TestBombs(t *testing.T) {
	huge := make([]byte, 3<<20)
	for _, c := range codecs[1:] {
		raw := make([]byte, HeaderSize)
		raw[atMagic] = 2
		raw[atAttributes+1] = byte(c)
		raw, err := new(Encoder).compress(raw, c, huge)
		if err != nil {
			t.Fatal(err)
		}
		bomb(t, c.String(), fix(raw))
	}
	// Lengths that promise more than there is.
	raw := make([]byte, HeaderSize)
	raw[atMagic] = 2
	raw[atAttributes+1] = byte(Snappy)
	bomb(t, "snappy length", fix(append(raw, 0xff, 0xff, 0xff, 0xff, 0x0f, 0)))
	enc, err := zstd.NewWriter(nil, zstd.WithWindowSize(zstd.MaxWindowSize), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	raw = raw[:HeaderSize:HeaderSize]
	raw[atAttributes+1] = byte(Zstd)
	bomb(t, "zstd window", fix(enc.EncodeAll(huge, raw)))
}

func bomb(t *testing.T, name string, raw []byte) {
	t.Helper()
	b, _, err := Next(raw)
	if err != nil {
		t.Fatal(err)
	}
	d := NewDecoder(1 << 20)
	if _, err := d.Records(&b); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%s: %v", name, err)
	}
	if cap(d.buf) > 2<<20 {
		t.Errorf("%s: %d bytes held", name, cap(d.buf))
	}
}

// librdkafka writes snappy without the frame of Java's, and others glue streams.
func TestSnappyForms(t *testing.T) {
	text := bytes.Repeat([]byte("GET /orders "), 1000)
	framed, err := new(Encoder).compress(nil, Snappy, text)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string][]byte{"plain": s2.EncodeSnappy(nil, text), "framed": framed} {
		d := NewDecoder(limit)
		if got, err := d.snappy(p); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d := NewDecoder(limit)
	if got, err := d.snappy(append(bytes.Clone(framed), framed...)); err != nil || len(got) != 2*len(text) {
		t.Errorf("glued: %d, %v", len(got), err)
	}
}

func TestHalve(t *testing.T) {
	for _, c := range codecs {
		want := records(4, 7)
		first, second, err := Halve(build(t, want, c), NewDecoder(limit), new(Encoder))
		if err != nil {
			t.Fatal(err)
		}
		_, a, err := read(first, limit)
		if err != nil {
			t.Fatal(err)
		}
		_, b, err := read(second, limit)
		if err != nil {
			t.Fatal(err)
		}
		for i := range b {
			b[i].Offset += int64(len(a))
		}
		if d := cmp.Diff(want, append(a, b...)); d != "" {
			t.Errorf("%v: %s", c, d)
		}
	}
	if _, _, err := Halve(build(t, records(4, 1), None), NewDecoder(limit), new(Encoder)); err == nil {
		t.Error("one record was halved")
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	for _, c := range codecs {
		raw := build(t, records(8, 100), c)
		d := NewDecoder(limit)
		var rec Record
		run := func() {
			b, _, err := Next(raw)
			if err != nil {
				t.Fatal(err)
			}
			p, err := d.Records(&b)
			if err != nil {
				t.Fatal(err)
			}
			r := NewReader(&b, p)
			for r.Next(&rec) {
			}
		}
		run()
		if n := testing.AllocsPerRun(20, run); n > 4 && c != LZ4 || n > 8 {
			t.Errorf("%v: %v allocations", c, n)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range codecs {
		f.Add(build(f, records(uint64(c), 6), c), true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, repair bool) {
		if repair && len(raw) >= HeaderSize {
			raw = fix(bytes.Clone(raw))
			raw[atMagic] = 2
			raw = fix(raw)
		}
		b, want, err := read(raw, 1<<20)
		if err != nil || len(want) == 0 || b.Attributes.LogAppendTime() {
			return
		}
		// What was read is written again and reads the same.
		again := build(t, want, b.Attributes.Codec())
		_, got, err := read(again, 4<<20)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			want[i].Offset = int64(i)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if len(want) > 1 {
			if _, _, err := Halve(again, NewDecoder(4<<20), new(Encoder)); err != nil {
				t.Error(err)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var recs []record
	for i := range 5000 {
		recs = append(recs, record{Key: []byte("host-12"), Value: bytes.Repeat([]byte{'a' + byte(i%20)}, 200), Headers: []Header{{[]byte("content-type"), []byte("text/plain")}}})
	}
	for _, c := range codecs {
		raw := build(b, recs, c)
		d := NewDecoder(limit)
		b.Run(c.String(), func(b *testing.B) {
			b.SetBytes(int64(len(recs)))
			var rec Record
			for b.Loop() {
				x, _, _ := Next(raw)
				p, _ := d.Records(&x)
				r := NewReader(&x, p)
				for r.Next(&rec) {
				}
			}
		})
	}
}

func TestStampIsAsIfComputedAnew(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for n := range 400 {
		raw := build(t, []record{{Value: make([]byte, n*n)}}, None)
		Stamp(raw, Producer{ID: rng.Int64(), Epoch: int16(rng.Int32()), Sequence: rng.Int32(), Transactional: n%2 == 0})
		if got, want := binary.BigEndian.Uint32(raw[atCRC:]), crc32.Checksum(raw[atAttributes:], castagnoli); got != want {
			t.Fatalf("%d bytes: %x, want %x", len(raw), got, want)
		}
	}
}
