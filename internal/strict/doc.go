// Package strict decodes YAML into plain structs and reports every mistake at
// once: unknown keys with the nearest known one, keys given twice, wrong types,
// keys without a value. Each finding has its line and its full path.
//
// It exists because yaml.v3 stops at the first kind of mistake, knows no
// suggestions, and turns 012 into 10 and null into nothing without a word.
package strict
