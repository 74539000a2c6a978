// Package linked says what a program links in.
package linked

// Engines says that package engines is linked in. Without it a program would have the
// pure-Go engine alone, which differentiates objectives, and take it where there is a GPU.
var Engines bool
