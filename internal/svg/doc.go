// Package svg writes pictures: elements, a style sheet for light and dark mode,
// and text that is measured by the metrics of a real font before it is placed.
package svg
