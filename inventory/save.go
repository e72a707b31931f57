package inventory

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// magic is how a saved inventory begins. What follows is a line of JSON (header), a record for every
// pattern, and HMAC-SHA-256 of all that. It holds digests only.
const magic = "stanch inventory, version 1\n"

type header struct {
	Key     string `json:"key"`
	Records int    `json:"records"`
	Longest int    `json:"longest"`
	Class   []int  `json:"class"` // bytes; 128 stands for all that follow
	Entries []Meta `json:"entries"`
}

const (
	recordSize = 8 + 1 + 2 + 4 + 16
	maxHeader  = 1 << 30
)

// Save builds a blind inventory from sources and writes it, to be read by Load
// with the same key. Refused values come as an error, as for New, beside a file
// of the others.
func Save(ctx context.Context, w io.Writer, key Key, sources ...Source) error {
	c, err := collect(ctx, Options{Blind: &key}, sources)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, key.Bytes)
	out := bufio.NewWriter(io.MultiWriter(w, mac))
	h := header{Key: key.ID, Records: len(c.records), Longest: c.longest, Entries: slices.Concat(c.entries.pages...)}
	for b := range 129 {
		if c.class.Has(byte(b)) {
			h.Class = append(h.Class, b)
		}
	}
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	out.WriteString(magic)
	out.Write(append(line, '\n'))
	var buf [recordSize]byte
	for i := range c.records {
		out.Write(c.records[i].append(buf[:0]))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if _, err := w.Write(mac.Sum(nil)); err != nil {
		return err
	}
	return c.refusals()
}

func (r *record) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, r.fingerprint)
	dst = append(dst, r.bucket)
	dst = binary.LittleEndian.AppendUint16(dst, r.length)
	dst = binary.LittleEndian.AppendUint32(dst, r.id)
	return append(dst, r.sum[:]...)
}

// IsSaved reports whether a file that begins with head is a saved inventory.
func IsSaved(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }

// Head reads what a saved inventory says of itself, without its key.
func Head(r io.Reader) (keyID string, patterns int, entries []Meta, err error) {
	_, h, err := readHeader(bufio.NewReader(r))
	return h.Key, h.Records, h.Entries, err
}

func readHeader(r *bufio.Reader) (raw []byte, h header, err error) {
	first := make([]byte, len(magic))
	if _, err := io.ReadFull(r, first); err != nil || string(first) != magic {
		return nil, h, errors.New("not a saved inventory")
	}
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) || len(line) > maxHeader {
			return nil, h, errors.New("saved inventory: it is cut off in its header")
		}
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return nil, h, fmt.Errorf("saved inventory: header: %w", err)
	}
	if h.Records < 0 || h.Longest < 0 || len(h.Entries) > 1<<(32-formBits) {
		return nil, h, errors.New("saved inventory: header out of range")
	}
	return append(first, line...), h, nil
}

// Load reads what Save wrote with one of the keys. It refuses a file that was changed,
// cut off or made with another key.
func Load(r io.Reader, keys ...Key) (*Inventory, error) {
	c := &collector{}
	if err := c.load(r, keys); err != nil {
		return nil, err
	}
	return c.inventory(), nil
}

// load adds a saved inventory to what was collected.
func (c *collector) load(r io.Reader, keys []Key) error {
	in := bufio.NewReader(r)
	raw, h, err := readHeader(in)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(k Key) bool { return k.ID == h.Key })
	if i < 0 {
		var ids []string
		for _, k := range keys {
			ids = append(ids, k.ID)
		}
		return fmt.Errorf("saved inventory: made with key %.8q, not %s", h.Key, strings.Join(ids, " or "))
	}
	key := keys[i]
	mac := hmac.New(sha256.New, key.Bytes)
	mac.Write(raw)
	first := c.entries.len
	var records []record
	var buf [recordSize]byte
	for range h.Records {
		if _, err := io.ReadFull(in, buf[:]); err != nil {
			return errors.New("saved inventory: it is cut off")
		}
		mac.Write(buf[:])
		r := record{
			fingerprint: binary.LittleEndian.Uint64(buf[:]),
			bucket:      buf[8],
			length:      binary.LittleEndian.Uint16(buf[9:]),
			id:          binary.LittleEndian.Uint32(buf[11:]),
			sum:         [16]byte(buf[15:]),
		}
		if int(r.bucket) != bucket(int(r.length)) || int(r.id>>formBits) >= len(h.Entries) {
			return errors.New("saved inventory: a record out of range")
		}
		r.id += uint32(first << formBits)
		records = append(records, r)
	}
	var sum [sha256.Size + 1]byte
	if n, _ := io.ReadFull(in, sum[:]); n != sha256.Size || !hmac.Equal(sum[:sha256.Size], mac.Sum(nil)) {
		return errors.New("saved inventory: it was changed")
	}
	d := digested{key: key.Bytes, records: records}
	for _, b := range h.Class {
		d.class.Add(byte(b))
	}
	c.loaded = append(c.loaded, d)
	for _, m := range h.Entries {
		c.entries.add(m)
	}
	c.longest = max(c.longest, h.Longest)
	return nil
}
