// Verifies a log with Go's own packages for such logs, and none of ours:
//
//	verify_log URL KEY-FILE OLDER-CHECKPOINT RECEIPT...
//
// It opens the checkpoint at URL and the older one, proves that the log only grew between the two, and that the record
// of each receipt is in both the log and the receipt's own tree. Each step is a line; the first fault ends it.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: verify_log URL KEY-FILE OLDER-CHECKPOINT RECEIPT...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, "FAILED:", err)
		os.Exit(1)
	}
}

func run(url, keyFile, olderFile string, receipts []string) error {
	verifier, err := readKey(keyFile)
	if err != nil {
		return err
	}
	log := &servedLog{url: url}
	newest, err := log.fetch("checkpoint")
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(newest, verifier)
	if err != nil {
		return fmt.Errorf("the log's checkpoint: %w", err)
	}
	fmt.Println("checkpoint", tree.N)
	hashes := tlog.TileHashReader(tree, log)
	if err := checkGrowth(olderFile, tree, verifier, hashes); err != nil {
		return fmt.Errorf("%s: %w", olderFile, err)
	}
	for _, file := range receipts {
		if err := checkReceipt(file, tree, verifier, hashes); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func readKey(file string) (note.Verifier, error) {
	key, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(strings.TrimSpace(string(key)))
}

// openCheckpoint reads the tree that the log of that key says it has.
func openCheckpoint(message []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(message, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s: %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func checkGrowth(olderFile string, tree tlog.Tree, verifier note.Verifier, hashes tlog.HashReader) error {
	message, err := os.ReadFile(olderFile)
	if err != nil {
		return err
	}
	older, err := openCheckpoint(message, verifier)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, older.N, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
		return err
	}
	fmt.Println("grew from", older.N, "to", tree.N)
	return nil
}

func checkReceipt(file string, tree tlog.Tree, verifier note.Verifier, hashes tlog.HashReader) error {
	receipt, err := readReceipt(file)
	if err != nil {
		return err
	}
	own, err := openCheckpoint(receipt.checkpoint, verifier)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(receipt.proof, own.N, own.Hash, receipt.index, receipt.leaf); err != nil {
		return fmt.Errorf("its own proof: %w", err)
	}
	proof, err := tlog.ProveRecord(tree.N, receipt.index, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, receipt.index, receipt.leaf); err != nil {
		return fmt.Errorf("the log: %w", err)
	}
	if own.N == tree.N && !slices.Equal(proof, receipt.proof) {
		return fmt.Errorf("its proof is not the log's")
	}
	fmt.Println("record", receipt.index, "of", own.N, "and of", tree.N)
	return nil
}

// servedLog reads the tiles of a log over HTTP.
type servedLog struct{ url string }

func (log *servedLog) Height() int { return 8 }

func (log *servedLog) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		// The package's own paths name the height, which C2SP tlog-tiles leaves out.
		content, err := log.fetch(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		read = append(read, content)
	}
	return read, nil
}

func (log *servedLog) SaveTiles([]tlog.Tile, [][]byte) {}

func (log *servedLog) fetch(path string) ([]byte, error) {
	answer, err := http.Get(log.url + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
