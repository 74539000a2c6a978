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
	"os/user"
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
	Metadata   map[string]any
	Content    json.RawMessage
	Buffers    [][]byte
}

// delimiter stands between the identities and the signature.
var delimiter = []byte("<IDS|MSG>")

// Signer signs messages with the key of the connection file.
type Signer struct {
	key     []byte
	session string
	user    string
}

// NewSigner begins a session of messages signed with key; none are where it is
// empty.
func NewSigner(key string) *Signer {
	name := "kernel"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return &Signer{key: []byte(key), session: newID(), user: name}
}

// newID is a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails: see crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

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
	if m.Metadata == nil {
		m.Metadata = map[string]any{}
	}
	metadata, err := json.Marshal(m.Metadata)
	if err != nil {
		return nil, fmt.Errorf("wire: metadata: %w", err)
	}
	parts := [][]byte{header, orEmpty(m.Parent), metadata, orEmpty(m.Content)}
	frames := append(append([][]byte{}, m.Identities...), delimiter, s.sign(parts))
	return append(append(frames, parts...), m.Buffers...), nil
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
	at := 0
	for at < len(frames) && !bytes.Equal(frames[at], delimiter) {
		at++
	}
	if at == len(frames) {
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
	m := Message{Identities: frames[:at], Parent: parts[1], Content: parts[3], Buffers: rest[5:]}
	if err := json.Unmarshal(parts[0], &m.Header); err != nil {
		return Message{}, fmt.Errorf("wire: header: %w", err)
	}
	if err := json.Unmarshal(parts[2], &m.Metadata); err != nil {
		return Message{}, fmt.Errorf("wire: metadata: %w", err)
	}
	if !json.Valid(m.Parent) || !json.Valid(m.Content) {
		return Message{}, fmt.Errorf("wire: %s: parent header or content is not JSON", m.Header.Type)
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
	m.Header = Header{ID: newID(), Session: s.session, Username: s.user, Type: kind, Version: ProtocolVersion,
		Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")}
	if parent.Header.ID != "" {
		if m.Parent, err = json.Marshal(parent.Header); err != nil {
			return Message{}, fmt.Errorf("wire: %s: parent: %w", kind, err)
		}
	}
	return m, nil
}
