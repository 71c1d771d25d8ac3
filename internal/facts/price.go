package facts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
)

// HoursPerMonth is AWS's own convention for monthly estimates (365 × 24 / 12).
const HoursPerMonth = 730

type prices struct {
	AsOf          string            `json:"asOf"`
	Currency      string            `json:"currency"`
	HoursPerMonth int               `json:"hoursPerMonth"`
	Caution       string            `json:"caution"`
	Sources       map[string]string `json:"sources"`
	Prices        []priceRow        `json:"prices"`
}

type priceRow struct {
	Region     string     `json:"region"`
	Service    string     `json:"service"`
	Item       string     `json:"item"`
	USD        float64    `json:"usd"`
	Unit       string     `json:"unit"`
	Confidence Confidence `json:"confidence"`
	Source     string     `json:"source"`
	Date       string     `json:"date,omitempty"`
}

// ListPrice is a list price, without tax, free tier, Savings Plans, Spot and credits.
type ListPrice struct {
	USD  float64
	Unit string // "hour", "GB-month", …
	// Date of the main source; "" means unknown.
	Date       string
	Confidence Confidence
	Source     string // keys of PriceSources, the main one first
}

// Price looks a list price up, for example ("ap-northeast-2", "nat_gateway",
// "hour"). ok is false when there is none: unknown, never zero.
func Price(region, service, item string) (ListPrice, bool) {
	_, q := load()
	for _, r := range q.Prices {
		if r.Region == region && r.Service == service && r.Item == item {
			return ListPrice{USD: r.USD, Unit: r.Unit, Date: r.Date, Confidence: r.Confidence, Source: r.Source}, true
		}
	}
	return ListPrice{}, false
}

// PriceSources says where each source key of a price leads.
func PriceSources() map[string]string {
	_, q := load()
	out := make(map[string]string, len(q.Sources))
	for k, v := range q.Sources {
		out[k] = v
	}
	return out
}

// PricesAsOf is the date of the price collection; PriceCaution is what to say
// beside every estimate.
func PricesAsOf() string {
	_, q := load()
	return q.AsOf
}

// PriceCaution is what to keep in mind with these prices.
func PriceCaution() string {
	_, q := load()
	return q.Caution
}

// PricedRegions are the regions with prices.
func PricedRegions() []string { return []string{"ap-northeast-2", "us-east-1"} }

// Book is a price collection that goes before the shipped one, row by row. The
// zero value is the shipped one alone.
type Book struct{ own prices }

// ReadBook reads prices in the form of data/prices.json: sources, and prices with
// region, service, item, usd, unit, confidence, source and date.
func ReadBook(text []byte) (Book, error) {
	var q prices
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		return Book{}, fmt.Errorf("prices: %w; the form is that of internal/facts/data/prices.json", err)
	}
	for i, r := range q.Prices {
		switch {
		case r.Region == "" || r.Service == "" || r.Item == "" || r.Unit == "":
			return Book{}, fmt.Errorf("prices: row %d: region, service, item and unit are needed", i+1)
		case r.USD < 0:
			return Book{}, fmt.Errorf("prices: row %d: usd is %v; a price is not negative", i+1, r.USD)
		case r.Source == "":
			return Book{}, fmt.Errorf("prices: row %d: source is missing; say where the price comes from", i+1)
		}
	}
	return Book{q}, nil
}

// Price is the book's own, else the shipped one.
func (b Book) Price(region, service, item string) (ListPrice, bool) {
	for _, r := range b.own.Prices {
		if r.Region == region && r.Service == service && r.Item == item {
			return ListPrice{USD: r.USD, Unit: r.Unit, Date: r.Date, Confidence: r.Confidence, Source: r.Source}, true
		}
	}
	return Price(region, service, item)
}

// Sources are the shipped ones and the book's own.
func (b Book) Sources() map[string]string {
	out := PriceSources()
	maps.Copy(out, b.own.Sources)
	return out
}
