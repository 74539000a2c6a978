package main

import _ "github.com/gomlx/compute/gobackend" // the pure-Go engine, always
