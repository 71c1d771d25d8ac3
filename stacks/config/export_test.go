package config

// ShapePatterns are the paths that the comparison of shapes treats specially.
func ShapePatterns() []string { return sortedKeys(treatments) }
