"""States of signatories' locations, which are typed freely: "Springfield, IL" is in Illinois."""

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii",
    "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi",
    "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington",
    "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming", "AS": "American Samoa", "GU": "Guam",
    "MP": "Northern Mariana Islands", "PR": "Puerto Rico", "VI": "U.S. Virgin Islands",
}  # fmt: skip
_STATES_BY_NAME = {name.casefold(): name for name in STATES.values()}
_COUNTRY_NAMES = frozenset({"usa", "us", "united states", "united states of america"})


def state_of(location: str) -> str:
    """Return the state of a location: of the United States by its name, else the last part as it was typed; "" without one."""
    parts = [part.strip(" .") for part in location.split(",") if part.strip(" .")]
    if len(parts) > 1 and parts[-1].replace(".", "").casefold() in _COUNTRY_NAMES:
        parts.pop()
    if not parts:
        return ""
    words = parts[-1].rstrip("0123456789- ") or parts[-1]  # a ZIP code
    code = words.replace(".", "").upper()
    return STATES.get(code) or _STATES_BY_NAME.get(words.casefold(), parts[-1])
