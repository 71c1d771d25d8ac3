// Package cases breaks every rule of the simulated aws provider once. A case is
// data: resources that are fine, then one step that the rule refuses with the
// text that AWS answers. The provider's own tests run the table in process; the
// scenarios run it through the engine.
package cases
