package terminal

import (
	"fmt"
	"math"
	"strconv"

	"github.com/spf13/pflag"
)

// number is the value of a flag that takes a number within a range.
type number[T int | float64] struct {
	value      *T
	least, max T
	want       string // the range, in words
}

// Number adds a flag to f that takes a number from least to max, of which want tells the
// user. The value is what it stands at until then.
func Number[T int | float64](f *pflag.FlagSet, value *T, name, help string, least, max T, want string) {
	f.Var(number[T]{value, least, max, want}, name, help)
}

// Finite adds a flag to f that takes any finite number.
func Finite(f *pflag.FlagSet, name, help string) {
	Number(f, new(float64), name, help, -math.MaxFloat64, math.MaxFloat64, "a finite number")
}

func (n number[T]) String() string { return fmt.Sprint(*n.value) }
func (n number[T]) Type() string   { return fmt.Sprintf("%T", *n.value) }

func (n number[T]) Set(text string) (err error) {
	var v T
	switch v := any(&v).(type) {
	case *int:
		*v, err = strconv.Atoi(text)
	case *float64:
		*v, err = strconv.ParseFloat(text, 64)
	}
	if err != nil {
		return err
	}
	if !(n.least <= v && v <= n.max) { // so is NaN
		return rangeError(n.want)
	}
	*n.value = v
	return nil
}

// rangeError is the range in words that a flag's number is not in.
type rangeError string

func (e rangeError) Error() string { return "want " + string(e) }
