local cluster = "dev-main"
local drop = { { namespace = "kube-system", contains = "/healthz?x=[1]", }, { container = "noise", }, }
local values = { "awsKey", "bearer", "card", "email", "jwt", }
local fields = { ["authorization"] = true, ["cookie"] = true, ["password"] = true, ["secret"] = true, ["set-cookie"] = true, ["token"] = true, }

-- What is dropped and redacted before a record leaves its node. The tables at
-- the top are written by components/observability/logpipe; the rest is the same
-- everywhere. Lua's own patterns: see the manual of Lua 5.1, section 5.4.1.

local gone = "[redacted]"

local shapes = {
  awsKey = function(s)
    return s:gsub("%w+", function(word)
      if #word == 20 and word:find("^A[KS]IA[%u%d]+$") then return gone end
    end)
  end,
  bearer = function(s) return s:gsub("([Bb][Ee][Aa][Rr][Ee][Rr]%s+)[%w%-%._~%+/=]+", "%1" .. gone) end,
  email = function(s) return s:gsub("[%w%._%%%+%-]+@[%w%-]+%.[%w%.%-]*%w", gone) end,
  jwt = function(s) return s:gsub("eyJ[%w_%-]+%.[%w_%-]+%.[%w_%-]*", gone) end,
  card = function(s)
    return s:gsub("%d[%d %-]+%d", function(digits)
      local plain, sum, double = digits:gsub("[ %-]", ""), 0, false
      if #plain < 13 or #plain > 19 then return nil end
      for i = #plain, 1, -1 do -- Luhn, ISO/IEC 7812-1
        local d = plain:byte(i) - 48
        if double then d = d * 2 if d > 9 then d = d - 9 end end
        sum, double = sum + d, not double
      end
      if sum % 10 ~= 0 then return nil end
      return gone
    end)
  end,
}

-- A header's value goes to the end of the line, another one's to a blank.
local headers = { authorization = true, cookie = true, ["set-cookie"] = true }

local function anycase(word)
  return (word:gsub(".", function(c)
    if c:match("%a") then return "[" .. c:lower() .. c:upper() .. "]" end
    return "%" .. c
  end))
end

local texts = {}
for field in pairs(fields) do
  local name, rest = anycase(field), "[^%s\"',;&]+"
  if headers[field] then rest = "[^\"'\n]+" end
  texts[#texts + 1] = { "(" .. name .. "[\\\"']*%s*[=:]%s*[\\\"']*)" .. rest, "%1" .. gone }
end

local function clean(s)
  for _, name in ipairs(values) do s = shapes[name](s) end
  for _, t in ipairs(texts) do s = s:gsub(t[1], t[2]) end
  return s
end

local function walk(t)
  for k, v in pairs(t) do
    if type(k) == "string" and fields[k:lower()] then
      t[k] = gone
    elseif type(v) == "table" then
      walk(v)
    elseif type(v) == "string" then
      t[k] = clean(v)
    end
  end
end

local function dropped(record)
  local pod = record.kubernetes or {}
  local line = record.log or record.message or ""
  for _, d in ipairs(drop) do
    if (not d.namespace or d.namespace == pod.namespace_name)
      and (not d.container or d.container == pod.container_name)
      and (not d.contains or (type(line) == "string" and line:find(d.contains, 1, true))) then
      return true
    end
  end
  return false
end

-- rules is called for each record: -1 drops it, 2 takes the changed one with
-- the time that it had.
function rules(tag, timestamp, record)
  if dropped(record) then return -1, timestamp, record end
  local pod = record.kubernetes
  record.kubernetes = nil -- names and labels are no secrets
  walk(record)
  record.kubernetes = pod
  record.cluster = cluster
  return 2, timestamp, record
end

-- unwrap takes a record out of what Kafka's consumer puts round it.
function unwrap(tag, timestamp, record)
  local payload = record.payload
  if type(payload) ~= "table" then return 2, timestamp, record end
  return 2, timestamp, payload
end
