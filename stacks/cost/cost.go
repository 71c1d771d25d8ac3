package cost

import (
	"fmt"
	"math"
	"strconv"

	"github.com/ladder-platform/ladder/internal/facts"
)

// Cents are hundredths of a US dollar.
type Cents int64

// USD is the amount in dollars, for printing.
func (c Cents) USD() float64 { return float64(c) / 100 }

// String is for example "$1234.50".
func (c Cents) String() string {
	if c < 0 {
		return "-" + (-c).String()
	}
	return fmt.Sprintf("$%d.%02d", c/100, c%100)
}

// MarshalJSON writes dollars with two digits, for example 1234.50.
func (c Cents) MarshalJSON() ([]byte, error) { return []byte(c.text()), nil }

func (c Cents) text() string {
	if c < 0 {
		return "-" + (-c).text()
	}
	return fmt.Sprintf("%d.%02d", c/100, c%100)
}

// Input is everything in one stack that costs money.
type Input struct {
	// Region as AWS names it; prices differ between regions.
	Region string
	Items  []Item
	// Prices go before the shipped list prices; the zero value has none.
	Prices facts.Book
}

// Item is one thing that costs money. Exactly one of three kinds: priced
// (Count and Each), charged by use (PerUse), or without a price (Unknown).
type Item struct {
	// Component is the path in the stack file, for example "networks.main".
	Component string
	// What it is, for example "3 NAT gateways".
	What string
	// Service and Key find the list price: ("nat_gateway", "hour").
	Service, Key string
	// Count things take Each units of the price a month: 730 hours, 50 GB-months.
	Count, Each int
	// PerUse says that the quantity is not known before the month is over.
	PerUse bool
	// Unknown says why there is no price; "" means that it is looked up.
	Unknown string
	// Note explains the line.
	Note string
}

// Line is one priced thing.
type Line struct {
	Component string `json:"component"`
	What      string `json:"what"`
	// Quantity of Unit a month, at UnitUSD each.
	Quantity int     `json:"quantity"`
	Unit     string  `json:"unit"`
	UnitUSD  float64 `json:"unitUsd"`
	// Monthly is Quantity × UnitUSD, rounded to a cent.
	Monthly Cents  `json:"monthlyUsd"`
	Note    string `json:"note,omitempty"`
	// Source are keys of facts.PriceSources; Date of the main one, "" when unknown.
	Source     string           `json:"source"`
	Date       string           `json:"date,omitempty"`
	Confidence facts.Confidence `json:"confidence"`
}

// Unknown is something that costs money and is not in the total.
type Unknown struct {
	Component string `json:"component"`
	What      string `json:"what"`
	Why       string `json:"why"`
}

// Estimate is a monthly estimate.
type Estimate struct {
	Region string `json:"region"`
	Lines  []Line `json:"lines"`
	// Total of Lines.
	Total   Cents     `json:"totalUsd"`
	Unknown []Unknown `json:"unknown"`
	// AsOf is the date of the price collection; Caution what to keep in mind.
	AsOf    string `json:"asOf"`
	Caution string `json:"caution"`
}

// Of sums a stack up, in the order of its items.
func Of(in Input) Estimate {
	out := Estimate{Region: in.Region, Lines: []Line{}, Unknown: []Unknown{}, AsOf: facts.PricesAsOf(), Caution: facts.PriceCaution()}
	for _, item := range in.Items {
		line, why := item.price(in.Prices, in.Region)
		if why != "" {
			out.Unknown = append(out.Unknown, Unknown{Component: item.Component, What: item.What, Why: why})
			continue
		}
		out.Lines = append(out.Lines, line)
		out.Total += line.Monthly
	}
	return out
}

// price is the item's line, or why there is none.
func (i Item) price(book facts.Book, region string) (Line, string) {
	if i.Unknown != "" {
		return Line{}, i.Unknown
	}
	p, ok := book.Price(region, i.Service, i.Key)
	switch {
	case i.PerUse && ok:
		return Line{}, fmt.Sprintf("depends on use: $%s a %s", decimal(p.USD), p.Unit)
	case i.PerUse:
		return Line{}, "depends on use"
	case !ok:
		return Line{}, fmt.Sprintf("no price is known for %s %s in %s", i.Service, i.Key, region)
	}
	quantity := i.Count * i.Each
	return Line{
		Component: i.Component, What: i.What, Quantity: quantity, Unit: p.Unit, UnitUSD: p.USD,
		Monthly: times(quantity, p.USD), Note: i.Note, Source: p.Source, Date: p.Date, Confidence: p.Confidence,
	}, ""
}

// nano are billionths of a dollar: every list price is a whole number of them
// (AWS gives ten decimals at most, and none here has more than six), so that
// products are exact.
const (
	nanoPerUSD  = 1_000_000_000
	nanoPerCent = nanoPerUSD / 100
)

// times is quantity × usd, rounded half up to a cent.
func times(quantity int, usd float64) Cents {
	nano := int64(quantity) * int64(math.Round(usd*nanoPerUSD))
	return Cents((nano + nanoPerCent/2) / nanoPerCent)
}

// decimal writes a price as its source did: 0.059, not 0.0590.
func decimal(usd float64) string { return strconv.FormatFloat(usd, 'f', -1, 64) }
