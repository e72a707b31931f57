package batch

// Halve appends the records of raw, a batch of at least two, to two batches of
// half as many, compressed as it was. Times, keys, values and headers stay.
func Halve(raw []byte, d *Decoder, e *Encoder) (first, second []byte, err error) {
	b, _, err := Next(raw)
	if err != nil {
		return nil, nil, err
	}
	if b.Count < 2 {
		return nil, nil, ErrTooLarge
	}
	records, err := d.Records(&b)
	if err != nil {
		return nil, nil, err
	}
	var half Builder
	var rec Record
	codec := b.Attributes.Codec()
	r := NewReader(&b, records)
	for r.Next(&rec) {
		half.Copy(&rec)
		if first == nil && half.Len() == int(b.Count/2) {
			if first, err = half.Finish(nil, e, codec); err != nil {
				return nil, nil, err
			}
		}
	}
	if r.Err() != nil {
		return nil, nil, r.Err()
	}
	second, err = half.Finish(nil, e, codec)
	return first, second, err
}
