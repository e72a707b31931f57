package stanch_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/stanch/stanch"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/inventory"
)

func Example() {
	r, err := stanch.New(nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(r.RedactString("connecting to postgres://app:hu-nter-2@db/orders"))
	fmt.Println(r.RedactValue("X-Api-Key", "s3cr3t-value-42"))
	// Output:
	// connecting to postgres://app:REDACTED-url-password@db/orders
	// REDACTED-api-key
}

func ExampleRedactor_Handler() {
	r, err := stanch.New(nil)
	if err != nil {
		panic(err)
	}
	text := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	log := slog.New(r.Handler(text))
	log.Info("login with password=hu-nter-2-42", "user", "bob", "token", "Zk3-f9Q_m2xW-77p")
	// Output: level=INFO msg="login with password=REDACTED-password" user=bob token=REDACTED-token
}

func ExamplePolicy_WithInventory() {
	known, err := inventory.New(context.Background(), inventory.Options{}, &inventory.Environment{
		Names:   []string{"*_PHRASE"},
		Meta:    inventory.Meta{ID: "env", Owner: "payments"},
		Environ: []string{"SHOP_PHRASE=winter-garden-9-tango"},
	})
	if err != nil { // names what is too short or can be guessed
		panic(err)
	}
	var policy *stanch.Policy // the default
	r, err := stanch.New(policy.WithInventory(known), stanch.OnFinding(func(f finding.Finding) {
		fmt.Println("found:", f.Inventory, "of", f.Owner)
	}))
	if err != nil {
		panic(err)
	}
	fmt.Println(r.RedactString("it said winter-garden-9-tango, then d2ludGVyLWdhcmRlbi05LXRhbmdv"))
	// Output:
	// found: env/SHOP_PHRASE of payments
	// found: env/SHOP_PHRASE of payments
	// it said REDACTED-known-secret, then REDACTED-known-secret
}

func ExampleRedactor_Writer() {
	r, err := stanch.New(nil, stanch.OnFinding(func(f finding.Finding) {
		fmt.Println("found:", f.Detector, "in line", f.Source.Line)
	}))
	if err != nil {
		panic(err)
	}
	w := r.Writer(os.Stdout)
	fmt.Fprint(w, "starting\npass")
	fmt.Fprint(w, "word=hu-nter-2-42\n")
	w.Close()
	// Output:
	// starting
	// found: password in line 2
	// password=REDACTED-password
}

func ExampleRedactor_Reader() {
	r, err := stanch.New(nil)
	if err != nil {
		panic(err)
	}
	io.Copy(os.Stdout, r.Reader(strings.NewReader("curl -u bob:hu-nter-2-42 https://h/\n")))
	// Output: curl -u bob:REDACTED-command-password https://h/
}
