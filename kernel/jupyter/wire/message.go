package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ProtocolVersion is the messaging protocol that this package speaks.
const ProtocolVersion = "5.3"

// Header tells one message from another.
type Header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
}

// Message is one Jupyter message.
type Message struct {
	Identities [][]byte // who sent it or is to have it; the topic on iopub
	Header     Header
	Parent     json.RawMessage // the header of what it answers, {} for none
	Metadata   json.RawMessage
	Content    json.RawMessage
}

// delimiter stands between the identities and the signature.
var delimiter = []byte("<IDS|MSG>")

// Signer signs messages with the key of the connection file.
type Signer struct {
	key     []byte
	session string
}

// NewSigner begins a session of messages signed with key; none are where it is
// empty.
func NewSigner(key string) *Signer { return &Signer{key: []byte(key), session: rand.Text()} }

// sign is the hexadecimal HMAC of the four JSON parts, empty without a key.
func (s *Signer) sign(parts [][]byte) []byte {
	if len(s.key) == 0 {
		return nil
	}
	mac := hmac.New(sha256.New, s.key)
	for _, p := range parts {
		mac.Write(p)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// Encode makes the frames of a message.
func (s *Signer) Encode(m Message) ([][]byte, error) {
	header, err := json.Marshal(m.Header)
	if err != nil {
		return nil, fmt.Errorf("wire: header: %w", err)
	}
	parts := [][]byte{header, orEmpty(m.Parent), orEmpty(m.Metadata), orEmpty(m.Content)}
	return slices.Concat(m.Identities, [][]byte{delimiter, s.sign(parts)}, parts), nil
}

// orEmpty is part, or an empty object where there is none.
func orEmpty(part json.RawMessage) []byte {
	if len(part) == 0 {
		return []byte("{}")
	}
	return part
}

// Decode reads the frames of a message and checks its signature.
func (s *Signer) Decode(frames [][]byte) (Message, error) {
	at := slices.IndexFunc(frames, func(f []byte) bool { return bytes.Equal(f, delimiter) })
	if at < 0 {
		return Message{}, fmt.Errorf("wire: message: want %s among its frames, found %d frames without", delimiter, len(frames))
	}
	rest := frames[at+1:]
	if len(rest) < 5 {
		return Message{}, fmt.Errorf("wire: message: want a signature and 4 parts, found %d frames: half a message", len(rest))
	}
	parts := rest[1:5]
	if !hmac.Equal(rest[0], s.sign(parts)) && len(s.key) > 0 {
		return Message{}, errors.New("wire: message: its signature is not that of the connection file's key")
	}
	m := Message{Identities: frames[:at], Parent: parts[1], Metadata: parts[2], Content: parts[3]}
	if err := json.Unmarshal(parts[0], &m.Header); err != nil {
		return Message{}, fmt.Errorf("wire: header: %w", err)
	}
	if !json.Valid(m.Parent) || !json.Valid(m.Metadata) || !json.Valid(m.Content) {
		return Message{}, fmt.Errorf("wire: %s: parent header, metadata or content is not JSON", m.Header.Type)
	}
	if m.Header.Type == "" {
		return Message{}, errors.New("wire: header: want a msg_type, found none")
	}
	return m, nil
}

// New makes a message of this session in answer to parent, which may be the
// zero Message.
func (s *Signer) New(kind string, parent Message, content any) (Message, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return Message{}, fmt.Errorf("wire: %s: %w", kind, err)
	}
	m := Message{Content: body}
	m.Header = Header{ID: rand.Text(), Session: s.session, Username: "kernel", Type: kind, Version: ProtocolVersion,
		Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")}
	if parent.Header.ID != "" {
		if m.Parent, err = json.Marshal(parent.Header); err != nil {
			return Message{}, fmt.Errorf("wire: %s: parent: %w", kind, err)
		}
	}
	return m, nil
}
