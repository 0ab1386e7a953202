"""Writes udunits.tsv: texts and what UDUNITS-2 (libudunits2.so.0) makes of them.

Each line is a text, a tab, and the unit in base units, or ERR. Needs nothing but the library:
    python3 udunits.py > udunits.tsv
"""
import ctypes

lib = ctypes.CDLL("libudunits2.so.0")
lib.ut_read_xml.restype = lib.ut_parse.restype = ctypes.c_void_p
lib.ut_parse.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
lib.ut_format.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint]
lib.ut_set_error_message_handler.argtypes = [ctypes.c_void_p]
quiet = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda a, b: 0)
lib.ut_set_error_message_handler(ctypes.cast(quiet, ctypes.c_void_p))
system = lib.ut_read_xml(None)
UTF8, DEFINITION = 2, 8


def definition(text):
    unit = lib.ut_parse(system, text.encode(), UTF8)
    buffer = ctypes.create_string_buffer(500)
    if not unit or lib.ut_format(unit, buffer, 500, DEFINITION) < 0:
        return "ERR"
    return buffer.value.decode("latin1")


names = """m meter metre meters METERS Meter kilogram kg g gram grams s second sec seconds A ampere amp
K kelvin Kelvin KELVIN degK degree_kelvin mol mole moles cd candela rad radian sr Hz hertz N newton Pa
pascal J joule W watt watts C coulomb V F ohm S siemens Wb T tesla H henries lm lx kat Bq Gy Sv min
minute minutes h hr hour hours d day days L l liter litre liters t tonne eV u au bar millibar millibars
mbar mb hPa dbar decibar decibars kPa MPa GPa atm atmosphere mmHg inHg psi torr feet foot ft inch inches
in yard mile miles mi nautical_mile knot knots kt kts acre hectare are barn angstrom micron microns
fathom furlong degree degrees degrees_north degree_north degrees_N degreeN degreesN degrees_east degree_E
degrees_west degree_W degree_true degrees_true degC degreeC degrees_C degree_C Celsius celsius degF
degree_F fahrenheit degR percent % ppm ppmv ppb ppt ppv count counts bit byte dobson DU year years yr
month months week weeks fortnight common_year leap_year Julian_year Gregorian_year sidereal_day gal mGal
dyne erg calorie cal Btu horsepower hp gauss gamma nT uT mT poise stokes cSt langley sverdrup Sv
geopotential gp gravity potential_vorticity_unit PVU molecule molecules molec psu gpm dB deg none arc_minute
arcsec arcmin nit lux Ci bushel gallon barrel cup pint quart oz pound lb lbf ton short_ton slug carat
km cm mm um nm pm µm μm micrometer Mm dam hm dm Gm ms us ns megawatt MW GW kW mW kWh TW Tg Gg Pg mg ug ng
Gt Mt kt megatonne kilometers millimeter CENTIMETERS MegaPascal micromole umol mmol kmol nmol""".split()
phrases = """kg m-2 s-1|kg m-3|kg kg-1|kg kg**-1|m s-1|m/s|m s**-1|m.s-1|m s^-1|m/s2|m s-2|W m-2|W/m2|W/m^2
W m^-2|W m**-2|J m-2|J/kg/K|J kg-1 K-1|J/(kg K)|Pa s-1|Pa/s|K s-1|K/day|K day-1|mm/day|mm day-1|mm d-1
mm/hr|mm h-1|m3 s-1|m^3/s|m3/m3|m2 s-2|m**2 s**-2|m+2 s-2|s-1|1/s|s^-1|1|0.001|1e-3|1.e-3|1E-3|.001|1e-6
10^-3 kg m-3|10-3 kg|1000 kg|2 3 m|1e3m|2m|1/cm^3|cm-3|# cm-3|mol m-3|umol/kg|mmol m-3|mol mol-1|nmol/mol
g/cm^3|g m-3|mg m-3|ug m-3|ug/m3|µg m-3|kg/(m s^2)|kg/m/s2|kg/m2/s|mol m-2 s-1|W m-2 sr-1|W m-2 um-1 sr-1
mW/(m^2 sr cm^-1)|MJ/m^3/degC|J degC-1|degC/km|degF/hour|K m-1|degree/sec|degrees/hour|rad s-1|radians^2
count/us|meter per second|meters/second|meter second-1|kilometers per hour|km/h|km h-1|m PER s|m·s|m*s
kg·m²·s⁻¹|m²|m³ s|kg m2 s-3 A-1|(m)(s)|m(s)|(kg m)/(s2 K)|((m))|m2s|kg m-2s-1|m--1|m/|/m|m//s|(m|m s)
K @ 273.15|K@273.15|degF @ 10|m since 5|m from 5|0.5555555555555556 K @ 459.67|(K @ 273.15)|2 (K @ 3)
10 degC|degC m|degC2|0.1 degC|degC/10|lg(re 1 mW)|ln(re 1 Pa)|lb(re 1 W)|log(re: 1 m)|0.1 lg(re 1e-18 m3)
2 lg(re 1 mW)|lg(re 1 mW) m|dBZ|BZ|dBm|dBW|dS/m|mS.cm-1|S m-1|V/m|mV|nT|T m2 A-1|C/m2|deg C|deg. C|DEG C
fraction|unknown|N/A|-|dimensionless|unitless|kelvn|xyzzy|m^|m^x|m**|^2|m 2|m2 3|m2m|1 2|%2|% m|'|"|° C|°C
°F|°|°K|gm|hPascal|kilohPa|kmeter|KM|kM|mM|Msec|us|as|fs|Ym|ym|Zs|zs|YS|1e400 m|m1000|m99|kg m-9|m e|2eV|2e V
Gregorian_year|m3/(kg s2)|N m-1|N/C|J/T|Wb/m2|lm/m2|cd/m2|mol/(m2 s)|1e-2 m2/s|cm2 V-1 s-1|in/hr|ft/s|mi/h
knot|acre ft|psi/ft|lb/ft3|Btu/hr|kWh|MJ|GJ/year|Tg/yr|Pg a-1|kg ha-1|t/ha|Mt yr-1|g C m-2 day-1""".replace("\n", "|").split("|")
for text in dict.fromkeys(names + phrases):
    print(f"{text}\t{definition(text)}")
