package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

type receipt struct {
	index      int64
	leaf       tlog.Hash
	proof      tlog.RecordProof
	checkpoint []byte
}

// readReceipt reads a tlog-proof file whose extra line has the record and its salt.
func readReceipt(file string) (receipt, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return receipt{}, err
	}
	head, checkpoint, found := strings.Cut(string(content), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return receipt{}, errors.New("this is no receipt")
	}
	read := receipt{checkpoint: []byte(checkpoint)}
	if read.leaf, err = leafOf(strings.TrimPrefix(lines[1], "extra ")); err != nil {
		return receipt{}, err
	}
	if read.index, err = strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64); err != nil {
		return receipt{}, err
	}
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return receipt{}, err
		}
		read.proof = append(read.proof, hash)
	}
	return read, nil
}

// leafOf makes the leaf's hash again from the record and its salt; both stand in their canonical form.
func leafOf(line string) (tlog.Hash, error) {
	text, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		return tlog.Hash{}, err
	}
	var extra struct {
		Record json.RawMessage
		Salt   []byte
	}
	if err := json.Unmarshal(text, &extra); err != nil {
		return tlog.Hash{}, err
	}
	entry := sha256.Sum256(append(extra.Salt, extra.Record...))
	return tlog.RecordHash(entry[:]), nil
}
